#include "tools/hfpipe/address.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::string_view accepted_forms =
    "write owner/name, datasets/owner/name, spaces/owner/name, hf://owner/name, https://host/owner/name.git, or a "
    "folder as ./name or /path/name";

failure refuse(std::string why) {
  return failure(errc::bad_url).detail(std::move(why)).hint(std::string(accepted_forms));
}

std::string_view without_slashes(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

/// What the hub takes as the name of an owner or a repository.
bool is_hub_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() <= 96 && std::all_of(text.begin(), text.end(), allowed) && text.front() != '.' &&
         text.front() != '-' && text.find("..") == text.npos;
}

outcome<http::url> checked_scheme(http::url url, plain_http allowed) {
  const auto& origin = url.origin();
  if (origin.scheme == http::scheme::http && allowed == plain_http::loopback_only && !origin.is_loopback()) {
    return failure(errc::insecure_refused).detail(url.shown());
  }
  return url;
}

outcome<http::url> on_hub(std::string_view name, const http::url& hub) {
  name = without_slashes(name);
  if (name.find('@') != name.npos && name.find(':') == name.npos) {
    return refuse("a revision after @ cannot be copied alone").hint("leave it out, and name the ref with --refs");
  }
  auto segments = segments_of(name);
  std::string path;
  if (segments.size() == 3 && (segments[0] == "models" || segments[0] == "datasets" || segments[0] == "spaces")) {
    if (segments[0] != "models") path = "/" + std::string(segments[0]);
    segments.erase(segments.begin());
  }
  if (!segments.empty() && segments.back().ends_with(".git")) segments.back().remove_suffix(4);
  if (segments.size() != 2 || !std::all_of(segments.begin(), segments.end(), is_hub_name)) {
    return refuse(in_quotes(name) + " is not the name of a repository");
  }
  for (const auto segment : segments) path += "/" + std::string(segment);
  return hub.at_path(std::string(without_slashes(hub.path())) + path);
}

/// What a browser shows of a repository's default branch is that repository, whatever is in the address bar.
std::string_view without_front_page(std::string_view path) {
  constexpr std::string_view front_page = "/tree/main";
  if (!path.ends_with(front_page)) return path;
  const auto repository = path.substr(0, path.size() - front_page.size());
  return repository.rfind('/') > 0 && !repository.empty() ? repository : path;  // an owner may be called `tree`
}

/// The address of a page is what a browser shows; there is no repository at it.
bool is_page(const http::url& url, const http::url& hub) {
  constexpr std::array<std::string_view, 6> pages{"tree", "blob", "resolve", "commit", "commits", "discussions"};
  if (url.origin() != hub.origin()) return false;
  const auto segments = segments_of(std::string_view(url.path()).substr(1));
  const bool typed = segments[0] == "datasets" || segments[0] == "spaces";
  const std::size_t place = typed ? 3 : 2;
  return segments.size() > place && std::find(pages.begin(), pages.end(), segments[place]) != pages.end();
}

outcome<repository_address> from_url(std::string_view text, const http::url& hub, plain_http allowed) {
  if (text.find('#') != text.npos || text.find('?') != text.npos) {
    return refuse("a repository's URL has neither ? nor #");
  }
  auto read = http::url::parse_with_user(text);
  if (!read) return refuse(read.error().detail());
  // A password with a raw '/' ends the host early: what follows it would be looked up, and shown.
  if (read->url.path().find('@') != std::string::npos) {
    return refuse("an @ stands behind the host's name")
        .hint("write / and @ in a password as %2F and %40, or give the token by TARGET_TOKEN or HF_TOKEN");
  }
  auto checked = checked_scheme(std::move(read->url), allowed);
  if (!checked) return checked.error();
  auto path = without_slashes(checked->path());
  if (checked->origin() == hub.origin()) path = without_front_page(path);
  if (path.empty()) return refuse("the URL names a host but no repository");
  auto trimmed = checked->at_path(std::string(path));
  if (is_page(trimmed, hub)) return refuse("that is a page about the repository, not the repository");
  return repository_address{std::move(trimmed), std::move(read->user), std::move(read->password)};
}

bool is_folder(std::string_view text) {
  return text.starts_with('/') || text == "." || text == ".." || text.starts_with("./") || text.starts_with("../");
}

outcome<repository_address> from_path(std::string_view path) {
  if (path.find('\0') != path.npos) return refuse("a path holds no zero byte");
  std::error_code unknown;
  const auto whole = std::filesystem::absolute(std::filesystem::path(path), unknown).lexically_normal().string();
  if (unknown) return refuse("the current folder is gone");
  const auto trimmed = without_slashes(whole);
  return repository_address{http::url::of_folder(trimmed.empty() ? "/" : trimmed), std::nullopt, std::nullopt};
}

/// `rest` is what follows `file://`.
outcome<repository_address> from_file_url(std::string_view rest) {
  constexpr std::string_view this_machine = "localhost";
  if (rest.starts_with(this_machine)) rest.remove_prefix(this_machine.size());
  if (!rest.starts_with('/')) return refuse("file:// is followed by an absolute path, on this machine");
  // Read as any URL's path is: what is encoded is decoded, what is not stays.
  const auto read = http::url::parse("http://localhost" + std::string(rest));
  if (!read || rest.find_first_of("?#") != rest.npos) return refuse("the file:// URL is not well written");
  return from_path(read->folder());
}

}  // namespace

outcome<http::url> hub_endpoint(std::string_view configured, plain_http allowed) {
  const auto text = without_slashes(configured.empty() ? "https://huggingface.co" : configured);
  auto read = http::url::parse(text);
  if (!read) return failure(read.error()).at("HF_ENDPOINT").hint("write it as https://host");
  auto checked = checked_scheme(std::move(*read), allowed);
  if (!checked) return failure(checked.error()).at("HF_ENDPOINT");
  return checked;
}

outcome<http::url> api_base(std::string_view text, plain_http allowed) {
  if (text.find_first_of("?#") != text.npos) return failure(errc::bad_url).detail("it has neither ? nor #");
  auto read = http::url::parse(without_slashes(text));
  if (!read) return failure(read.error()).hint("write it as https://host/api/v4, without a token");
  return checked_scheme(std::move(*read), allowed);
}

outcome<repository_address> parse_address(std::string_view text, const http::url& hub, plain_http allowed) {
  constexpr std::string_view hub_scheme = "hf://";
  constexpr std::string_view file_scheme = "file://";
  if (text.empty()) return refuse("nothing is given");
  if (is_folder(text)) return from_path(text);
  if (text.starts_with(file_scheme)) return from_file_url(text.substr(file_scheme.size()));
  if (text.starts_with('~')) return refuse("only a shell knows ~").hint("write the folder's path in full");
  if (!text.starts_with(hub_scheme) && text.find("://") != text.npos) return from_url(text, hub, allowed);
  if (text.starts_with(hub_scheme)) text.remove_prefix(hub_scheme.size());
  auto url = on_hub(text, hub);
  if (!url) return url.error();
  return repository_address{std::move(*url), std::nullopt, std::nullopt};
}

}  // namespace hfpipe::cli
