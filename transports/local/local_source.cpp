#include "transports/local/local_source.hpp"

#include "transports/local/object_walk.hpp"
#include "transports/local/pack_stream.hpp"
#include "transports/local/ref_store.hpp"

namespace hfpipe::local {

namespace {

/// One fetch: a repository of its own, so that two can be under way.
class arriving_pack final : public byte_source {
 public:
  arriving_pack(worker& disk, repository from, std::vector<::git_oid> objects, byte_count object_limit)
      : disk_(disk), from_(std::move(from)), pack_(from_, std::move(objects), object_limit) {}

  task<std::size_t> read_some(std::span<std::byte> room) override {
    const auto read = [&](const stop_flag& stop) { return pack_.read(room, stop); };
    co_return co_await disk_.run(read);
  }

 private:
  worker& disk_;
  repository from_;
  pack_stream pack_;
};

repository open_whole(const std::string& folder) {
  repository opened = open_repository(folder);
  if (git_repository_is_shallow(opened.get()) == 1) throw failed(failure(errc::shallow_source));
  return opened;
}

}  // namespace

task<source_listing> local_source::list() {
  const auto read = [&](const stop_flag& stop) {
    const repository opened = open_whole(folder_);
    return source_listing{list_refs(opened, stop), true, true};
  };
  co_return co_await disk_.run(read);
}

task<std::unique_ptr<byte_source>> local_source::fetch(fetch_request request) {
  const object_filter filter = read_filter(request.filter).value();
  const auto walk = [&](const stop_flag& stop) -> std::unique_ptr<byte_source> {
    repository opened = open_whole(folder_);
    auto objects = request.depth == 0
                       ? objects_between(opened, request.wants, request.haves, filter, limits_.list, stop)
                       : newest_history(opened, request.wants, request.depth, filter, limits_.list, stop);
    return std::make_unique<arriving_pack>(disk_, std::move(opened), std::move(objects), limits_.object);
  };
  co_return co_await disk_.run(walk);
}

task<std::optional<std::vector<git_oid>>> local_source::common(std::vector<git_oid>, std::vector<git_oid> haves) {
  const auto look = [&](const stop_flag& stop) -> std::optional<std::vector<git_oid>> {
    const repository opened = open_whole(folder_);
    return those_in(opened, haves, stop);
  };
  co_return co_await disk_.run(look);
}

}  // namespace hfpipe::local
