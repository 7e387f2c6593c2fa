#include "tools/hfpipe/web_page.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace hfpipe::cli {

namespace {

using subject = web_page::subject;
using segment_list = std::vector<std::string_view>;

segment_list segments_of(std::string_view path) {
  segment_list segments;
  for (std::size_t start = 0; start < path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    if (end != start) segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string joined(std::span<const std::string_view> segments) {
  std::string path;
  for (const auto segment : segments) path += "/" + std::string(segment);
  return path;
}

std::string without_encoded_slashes(std::string_view revision) {
  std::string name(revision);
  for (auto at = name.find("%2F"); at != std::string::npos; at = name.find("%2F")) name.replace(at, 3, "/");
  return name;
}

/// `shown` is what stands behind the word for a tree of files: a revision, then a path in it.
web_page tree_page(http::url repository, std::span<const std::string_view> shown) {
  if (shown.empty()) return {std::move(repository), subject::other, {}};
  if (shown.size() > 1) return {std::move(repository), subject::folder, {}};
  return {std::move(repository), subject::revision, without_encoded_slashes(shown.front())};
}

/// `owner/name/WORD/…`, with `datasets/` or `spaces/` before. The hub's first models have no owner.
std::optional<web_page> page_of_hub(const http::url& address, const http::url& hub) {
  constexpr auto words =
      std::to_array<std::string_view>({"tree", "blob", "raw", "resolve", "commit", "commits", "discussions", "viewer",
                                       "settings", "edit", "upload", "community"});
  std::string_view base = hub.path();
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string_view path = address.path();
  if (!path.starts_with(std::string(base) + "/")) return std::nullopt;
  const auto segments = segments_of(path.substr(base.size()));
  const bool typed = !segments.empty() && (segments[0] == "datasets" || segments[0] == "spaces");
  const std::size_t first = typed ? 1 : 0;
  const auto is_word = [&](std::size_t n) { return n < segments.size() && is_one_of(segments[n], words); };
  const bool has_no_owner = is_word(first + 1) && first + 2 < segments.size() && !is_word(first + 2);
  const std::size_t place = first + (has_no_owner ? 1 : 2);
  if (!is_word(place)) return std::nullopt;
  const std::span all(segments);
  auto repository = address.at_path(std::string(base) + joined(all.first(place)));
  if (segments[place] == "blob" || segments[place] == "raw" || segments[place] == "resolve") {
    return web_page{std::move(repository), subject::folder, {}};
  }
  if (segments[place] != "tree") return web_page{std::move(repository), subject::other, {}};
  auto page = tree_page(std::move(repository), all.subspan(place + 1));
  // What is shown of a repository's default branch is that repository, whatever is in the address bar.
  if (page.revision == "main") return web_page{std::move(page.repository), subject::repository, {}};
  return page;
}

/// `group/name/-/WORD/…`: no project is called `-`.
std::optional<web_page> page_of_gitlab(const http::url& address) {
  const auto segments = segments_of(address.path());
  const auto dash = std::find(segments.begin(), segments.end(), "-");
  const auto place = static_cast<std::size_t>(dash - segments.begin());
  if (dash == segments.end() || place < 2) return std::nullopt;
  const std::span all(segments);
  auto repository = address.at_path(joined(all.first(place)));
  if (place + 1 < segments.size() && segments[place + 1] == "tree") {
    return tree_page(std::move(repository), all.subspan(place + 2));
  }
  const bool is_file = place + 1 < segments.size() && (segments[place + 1] == "blob" || segments[place + 1] == "raw");
  return web_page{std::move(repository), is_file ? subject::folder : subject::other, {}};
}

/// `owner/name/src/branch/NAME/…`: two words that stand side by side nowhere else.
std::optional<web_page> page_of_gitea(const http::url& address) {
  constexpr auto words = std::to_array<std::string_view>({"src", "raw", "media", "blame", "commits", "rss"});
  constexpr auto kinds = std::to_array<std::string_view>({"branch", "tag", "commit"});
  const auto segments = segments_of(address.path());
  if (!segments.empty() && segments.back().ends_with(".git")) return std::nullopt;
  const std::span all(segments);
  for (std::size_t place = 2; place + 2 < segments.size(); ++place) {
    if (!is_one_of(segments[place], words) || !is_one_of(segments[place + 1], kinds)) continue;
    auto repository = address.at_path(joined(all.first(place)));
    const bool is_named = segments[place] == "src" && segments[place + 1] != "commit";
    if (is_named) {
      auto page = tree_page(std::move(repository), all.subspan(place + 2));
      page.is_tag = segments[place + 1] == "tag";
      return page;
    }
    return web_page{std::move(repository), subject::other, {}};
  }
  return std::nullopt;
}

/// `models/owner/name`, and what is shown of it. Git is served at the same path with `.git`.
std::optional<web_page> page_of_modelscope(const http::url& address) {
  constexpr auto hosts =
      std::to_array<std::string_view>({"modelscope.cn", "www.modelscope.cn", "modelscope.ai", "www.modelscope.ai"});
  constexpr auto types = std::to_array<std::string_view>({"models", "datasets", "studios"});
  constexpr auto fronts = std::to_array<std::string_view>({"summary", "files"});
  if (!is_one_of(address.origin().host, hosts)) return std::nullopt;
  const auto segments = segments_of(address.path());
  if (segments.size() < 3 || !is_one_of(segments[0], types) || segments[2].ends_with(".git")) return std::nullopt;
  auto repository = address.at_path(joined(std::span(segments).first(3)) + ".git");
  const bool is_front = segments.size() == 3 || (segments.size() == 4 && is_one_of(segments[3], fronts));
  return web_page{std::move(repository), is_front ? subject::repository : subject::other, {}};
}

/// `owner/name/WORD/…`: a repository's own address has two words there.
std::optional<web_page> page_of_github(const http::url& address) {
  constexpr auto its_own =
      std::to_array<std::string_view>({"apps", "collections", "enterprise", "features", "marketplace", "orgs", "search",
                                       "settings", "sponsors", "topics", "users"});
  if (address.origin().host != "github.com") return std::nullopt;
  const auto segments = segments_of(address.path());
  if (segments.size() < 3 || is_one_of(segments[0], its_own)) return std::nullopt;
  const std::span all(segments);
  auto repository = address.at_path(joined(all.first(2)));
  if (segments[2] == "tree") return tree_page(std::move(repository), all.subspan(3));
  const bool is_file = segments[2] == "blob" || segments[2] == "raw";
  return web_page{std::move(repository), is_file ? subject::folder : subject::other, {}};
}

/// `models/detail/owner/name`, where Git is served by a host of its own.
std::optional<web_page> page_of_openxlab(const http::url& address) {
  const auto& host = address.origin().host;
  const auto segments = segments_of(address.path());
  if ((host != "openxlab.org.cn" && host != "www.openxlab.org.cn") || segments.size() < 4) return std::nullopt;
  if (segments[1] != "detail") return std::nullopt;
  auto repository = http::url::parse("https://code.openxlab.org.cn" + joined(std::span(segments).subspan(2, 2)));
  if (!repository) return std::nullopt;
  return web_page{std::move(*repository), subject::other, {}};
}

}  // namespace

std::optional<web_page> page_at(const http::url& address, const http::url& hub) {
  if (address.origin() == hub.origin()) return page_of_hub(address, hub);
  if (auto page = page_of_modelscope(address)) return page;
  if (auto page = page_of_openxlab(address)) return page;
  if (auto page = page_of_github(address)) return page;
  if (auto page = page_of_gitlab(address)) return page;
  return page_of_gitea(address);
}

}  // namespace hfpipe::cli
