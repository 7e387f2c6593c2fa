#include "engine/absent_target.hpp"

namespace hfpipe {

namespace {

failed written_to() {
  return failed(failure(errc::internal).detail("a repository that is not there was written to").blame(side::target));
}

}  // namespace

task<target_listing> absent_target::list(listed_refs) {
  target_listing nothing;
  nothing.takes_ofs_delta = nothing.can_delete = nothing.can_atomic = true;  // as any host that creates repositories
  co_return nothing;
}

task<> absent_target::probe() {
  throw written_to();
  co_return;
}

task<git::push_report> absent_target::push(std::vector<git::ref_command>, chunk_source*, std::optional<byte_count>) {
  throw written_to();
  co_return git::push_report();
}

task<std::vector<lfs::batch_entry>> absent_blobs::locate(std::vector<lfs_object> wanted) {
  std::vector<lfs::batch_entry> entries;
  for (const lfs_object& object : wanted) {
    entries.push_back({object, {}, {}, {}, lfs::object_error{404, "the repository is not there yet"}});
  }
  co_return entries;
}

task<std::unique_ptr<byte_source>> absent_blobs::open(const lfs::batch_entry&, byte_count, connection_use,
                                                      std::optional<byte_count>) {
  throw failed(failure(errc::object_missing).blame(side::target));
  co_return nullptr;
}

}  // namespace hfpipe
