#include "engine/blob_link.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace hfpipe {

blob_link::blob_link(blob_source& from, lfs::batch_entry entry, moment received)
    : from_(from), entry_(std::make_shared<const lfs::batch_entry>(std::move(entry))), received_(received) {}

bool blob_link::is_old() const {
  return entry_->download && is_expired(*entry_->download, received_, moment::now());
}

task<> blob_link::renew(unsigned seen) {
  while (is_asking_) co_await answered_.wait();
  if (seen != version_) co_return;
  struct asking {
    blob_link& self;
    ~asking() {
      self.is_asking_ = false;
      self.answered_.wake();
    }
  };
  is_asking_ = true;
  const asking until_answered{*this};
  const moment asked = moment::now();
  std::vector<lfs_object> one(1, object());
  std::vector<lfs::batch_entry> answer = co_await from_.locate(std::move(one));
  if (answer.size() != 1) throw failed(failure(errc::bad_batch_reply).detail("not one entry for each object"));
  entry_ = std::make_shared<const lfs::batch_entry>(std::move(answer.front()));
  received_ = asked;
  ++version_;
}

task<std::unique_ptr<byte_source>> blob_link::open(byte_count from, connection_use use, byte_count until) {
  const std::shared_ptr<const lfs::batch_entry> entry = entry_;
  const std::optional<byte_count> end = until;
  co_return co_await from_.open(*entry, from, use, end);
}

}  // namespace hfpipe
