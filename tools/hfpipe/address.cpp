#include "tools/hfpipe/address.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "protocol/ref_name.hpp"
#include "tools/hfpipe/spelling.hpp"
#include "tools/hfpipe/web_page.hpp"

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

/// A branch, a tag or a whole ref. Which of them it is, the source knows.
outcome<std::string> checked_revision(std::string revision) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool is_commit = revision.size() >= 40 && std::all_of(revision.begin(), revision.end(), is_hex);
  if (is_commit) {
    return refuse("a commit cannot be copied alone").hint("name a branch or a tag that holds it");
  }
  const std::string whole = revision.starts_with("refs/") ? revision : "refs/heads/" + revision;
  if (!ref_name::parse(whole)) return refuse("the revision " + in_quotes(revision) + " is not the name of a ref");
  return revision;
}

outcome<http::url> on_hub(std::string_view name, const http::url& hub) {
  name = without_slashes(name);
  auto segments = segments_of(name);
  std::string path;
  if (segments.size() == 3 && (segments[0] == "models" || segments[0] == "datasets" || segments[0] == "spaces")) {
    if (segments[0] != "models") path = "/" + std::string(segments[0]);
    segments.erase(segments.begin());
  }
  if (!segments.empty() && segments.back().ends_with(".git")) segments.back().remove_suffix(4);
  if (segments.size() == 1 && is_hub_name(segments.front())) {
    return refuse(in_quotes(name) + " has no owner")
        .hint("write owner/name; ./name for a folder; the whole URL for one of the hub's few models without an owner");
  }
  if (segments.size() != 2 || !std::all_of(segments.begin(), segments.end(), is_hub_name)) {
    return refuse(in_quotes(name) + " is not the name of a repository");
  }
  for (const auto segment : segments) path += "/" + std::string(segment);
  return hub.at_path(std::string(without_slashes(hub.path())) + path);
}

/// As people call it; of a data set or a space with its kind, which the name alone would leave out.
std::string name_on_hub(const std::string& path) {
  for (const std::string_view kind : {"/datasets/", "/spaces/"}) {
    if (const auto at = path.find(kind); at != path.npos) return path.substr(at + 1);
  }
  return "owner/name";
}

/// A page that shows a repository or a revision of the hub's is that; what shows less, or something about it, is none.
outcome<repository_address> from_page(web_page page, bool is_on_hub) {
  std::string instead = "write " + page.repository.shown();
  switch (page.what) {
    case web_page::subject::repository:
      return repository_address{std::move(page.repository), std::nullopt, std::nullopt};
    case web_page::subject::revision: {
      auto checked = checked_revision(std::move(page.revision));
      if (!checked) return checked.error();
      if (is_on_hub) return repository_address{std::move(page.repository), std::nullopt, std::nullopt, *checked};
      // Most hosts' addresses do not say whether it is a branch or a tag; of a name with a '/', none says how much of
      // it.
      const std::string kind = page.is_tag ? "tag" : "branch";
      const std::string ref = (page.is_tag ? "refs/tags/" : "refs/heads/") + *checked;
      instead += ", and --refs +" + ref + ":" + ref + " for that " + kind + " alone";
      return refuse("that is a page about a " + kind + ", not the repository").hint(std::move(instead));
    }
    case web_page::subject::folder:
    case web_page::subject::other:
      break;
  }
  if (is_on_hub) instead += " or " + name_on_hub(page.repository.path());
  const bool is_part = page.what == web_page::subject::folder;
  return refuse(is_part ? "a file or folder of a repository cannot be copied alone"
                        : "that is a page about the repository, not the repository")
      .hint(std::move(instead));
}

/// `user@host:path` and `ssh://…`: what `git clone` takes, and what is not spoken here.
std::optional<failure> refusal_of_ssh(std::string_view text) {
  constexpr std::string_view scheme = "ssh://";
  std::string_view host, path;
  if (text.starts_with(scheme)) {
    text.remove_prefix(scheme.size());
    const auto slash = std::min(text.find('/'), text.size());
    host = text.substr(0, slash);
    path = text.substr(std::min(slash + 1, text.size()));
    if (const auto at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
    host = host.substr(0, host.find(':'));
  } else {
    const auto at = text.find('@'), colon = text.find(':');
    if (at == text.npos || colon == text.npos || colon < at || text.substr(0, at).find('/') != text.npos) return {};
    host = text.substr(at + 1, colon - at - 1);
    path = text.substr(colon + 1);
  }
  path = without_slashes(path);
  const auto segments = segments_of(path);
  const bool is_plain = is_hub_name(host) && std::all_of(segments.begin(), segments.end(), is_hub_name);
  const auto instead = is_plain ? std::string(host) + "/" + std::string(path) : "host/owner/name.git";
  return refuse("SSH is not spoken").hint("write https://" + instead);
}

outcome<repository_address> from_url(std::string_view text, const http::url& hub, plain_http allowed) {
  if (const auto behind = text.find_first_of("?#"); behind != text.npos) {
    const auto bare = from_url(text.substr(0, behind), hub, allowed);
    if (!bare) return bare.error();
    return refuse("a repository's URL has neither ? nor #").hint("write " + bare->url.shown());
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
  const auto path = without_slashes(checked->path());
  if (path.empty()) return refuse("the URL names a host but no repository");
  repository_address address{checked->at_path(std::string(path)), std::nullopt, std::nullopt};
  if (auto page = page_at(address.url, hub)) {
    auto meant = from_page(std::move(*page), address.url.origin() == hub.origin());
    if (!meant) return meant.error();
    address = std::move(*meant);
  }
  address.user = std::move(read->user);
  address.password = std::move(read->password);
  return address;
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
  if (text.starts_with("ssh://") || text.find("://") == text.npos) {
    if (const auto ssh = refusal_of_ssh(text)) return *ssh;
  }
  if (!text.starts_with(hub_scheme) && text.find("://") != text.npos) return from_url(text, hub, allowed);
  if (text.starts_with(hub_scheme)) text.remove_prefix(hub_scheme.size());
  const auto at = text.find(':') == text.npos ? text.find('@') : text.npos;
  auto url = on_hub(text.substr(0, at), hub);
  if (!url) return url.error();
  repository_address address{std::move(*url), std::nullopt, std::nullopt};
  if (at == text.npos) return address;
  auto revision = checked_revision(std::string(text.substr(at + 1)));
  if (!revision) return revision.error();
  address.revision = std::move(*revision);
  return address;
}

}  // namespace hfpipe::cli
