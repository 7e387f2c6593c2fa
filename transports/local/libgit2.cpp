#include "transports/local/libgit2.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "transports/local/loose_objects.hpp"

namespace hfpipe::local {

namespace {

/// What libgit2 maps of packs counts as our memory: it has a few windows, not the gigabytes of its default.
constexpr std::size_t window_size = 1U << 20;
constexpr std::size_t mapped_limit = 16U << 20;

void start_once() {
  static const bool started = [] {
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, window_size);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, mapped_limit);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    return true;
  }();
  static_cast<void>(started);
}

/// No repository of another user is opened, as git does not, unless safe.directory names it; libgit2 says of it that it
/// is not there.
bool is_of_another_user(const std::string& folder) {
  for (const char* const inside : {"", ".git"}) {
    const std::filesystem::path place = std::filesystem::path(folder) / inside;
    std::error_code ignored;
    if (!std::filesystem::exists(place / "HEAD", ignored) || !std::filesystem::exists(place / "objects", ignored))
      continue;
    struct stat about {};
    return ::stat(place.c_str(), &about) == 0 && about.st_uid != ::geteuid();
  }
  return false;
}

}  // namespace

failure last_error(errc otherwise) {
  const git_error* said = git_error_last();
  if (said == nullptr) return failure(otherwise);
  const bool is_disk = said->klass == GIT_ERROR_OS || said->klass == GIT_ERROR_FILESYSTEM;
  return failure(is_disk ? errc::file_failed : otherwise).detail(clean_server_text(said->message));
}

void check(int result, errc otherwise) {
  if (result < 0) throw failed(last_error(otherwise));
}

repository open_repository(const std::string& folder) {
  start_once();
  git_repository* opened = nullptr;
  const int result = git_repository_open_ext(&opened, folder.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  repository held(opened);
  if (result == GIT_EOWNER || (result == GIT_ENOTFOUND && is_of_another_user(folder))) {
    throw failed(failure(errc::forbidden)
                     .detail("the repository in " + folder + " belongs to another user")
                     .hint("if you trust it: git config --global --add safe.directory " + folder));
  }
  if (result == GIT_ENOTFOUND) {
    throw failed(failure(errc::not_found)
                     .detail("there is no Git repository in " + folder)
                     .hint("check the path: it means a folder of this machine"));
  }
  if (result < 0) {
    failure why = last_error(errc::file_failed);
    if (why.detail().find("objectformat") == std::string::npos) throw failed(std::move(why));
    throw failed(failure(errc::object_format_mismatch)
                     .detail("a local repository of another format than sha1 cannot be read")
                     .hint("serve it over https and give its URL"));
  }
  guard_loose_objects(held);
  return held;
}

bool is_repository(const std::string& folder) {
  start_once();
  git_repository* opened = nullptr;
  const int result = git_repository_open_ext(&opened, folder.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  const repository held(opened);
  return result != GIT_ENOTFOUND || is_of_another_user(folder);
}

void create_repository(const std::string& folder) {
  start_once();
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags =
      GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH;
  options.initial_head = "main";
  git_repository* made = nullptr;
  const int result = git_repository_init_ext(&made, folder.c_str(), &options);
  const repository held(made);
  check(result);
}

object_store objects_of(const repository& of) {
  git_odb* opened = nullptr;
  check(git_repository_odb(&opened, of.get()));
  return object_store(opened);
}

configuration settings_of(const repository& of) {
  git_config* opened = nullptr;
  check(git_repository_config_snapshot(&opened, of.get()));
  return configuration(opened);
}

std::string setting(git_config& all, const char* name, std::string otherwise) {
  const char* value = nullptr;
  return git_config_get_string(&value, &all, name) == 0 && value != nullptr ? std::string(value) : otherwise;
}

bool is_set(git_config& all, const char* name) {
  int value = 0;
  return git_config_get_bool(&value, &all, name) == 0 && value != 0;
}

git_oid to_ours(const ::git_oid& id) {
  return git_oid::from_raw(std::as_bytes(std::span(id.id)));
}

::git_oid to_theirs(const git_oid& id) {
  ::git_oid made;
  std::memcpy(made.id, id.raw().data(), sizeof(made.id));
  return made;
}

}  // namespace hfpipe::local
