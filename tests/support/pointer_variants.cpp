#include "tests/support/pointer_variants.hpp"

namespace hfpipe::testing {

namespace {

const std::string digits(variant_oid);
const std::string version = "version https://git-lfs.github.com/spec/v1\n";
const std::string oid = "oid sha256:" + digits + "\n";
const std::string size = "size 12345\n";
const std::string extension = "ext-0-foo sha256:" + digits + "\n";

std::string with_size(const std::string& value) {
  return version + oid + "size " + value + "\n";
}

std::string replaced(std::string text, const std::string& old_part, const std::string& new_part) {
  return text.replace(text.find(old_part), old_part.size(), new_part);
}

std::string with_crlf() {
  std::string text;
  for (const char c : version + oid + size) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return text;
}

std::string padded_to(std::size_t total) {
  std::string text = version + oid + size;
  return text + std::string(total - text.size(), '\n');
}

const std::vector<pointer_variant> accepted{
    {"canonical", version + oid + size},
    {"CRLF", with_crlf()},
    {"no last line end", version + oid + "size 12345"},
    {"leading blank lines", "\n\n" + version + oid + size},
    {"leading blanks", " \t" + version + oid + size},
    {"trailing blanks", version + oid + "size 12345  \n \n"},
    {"blank line inside", version + "\n" + oid + size},
    {"padded to 1023 bytes", padded_to(1023)},
    {"hawser", "version https://hawser.github.com/spec/v1\n" + oid + size},
    {"git-media", "version http://git-media.io/v/2\n" + oid + size},
    {"plus sign", with_size("+5"), 5},
    {"leading zeros", with_size("007"), 7},
    {"zeros beyond 20 digits", with_size("000000000000000000000000000009"), 9},
    {"size 0", with_size("0"), 0},
    {"minus zero", with_size("-0"), 0},
    {"largest size", with_size("9223372036854775807"), 9223372036854775807U},
    {"extension before version", extension + version + oid + size},
    {"extension after version", version + extension + oid + size},
    {"extension after oid", version + oid + extension + size},
    {"three extensions", "ext-0-a sha256:" + digits + "\n" + version + "ext-1-b sha256:" + digits + "\n" + oid +
                             "ext-2-c sha256:" + digits + "\n" + size},
    {"the same extension twice", version + extension + extension + oid + size},
    {"the same extension twice, the first broken", version + "ext-0-foo x\n" + extension + oid + size},
    {"extension key with other characters behind", version + "ext-0-a.b/c sha256:" + digits + "\n" + oid + size},
    {"Unicode blanks around", "\xC2\xA0\xE3\x80\x80" + version + oid + "size 12345\xE2\x80\xA8\xC2\x85"},
    {"shortest", "version http://git-media.io/v/2\n" + oid + "size 1", 1},
};

const std::vector<pointer_variant> rejected{
    {"empty", ""},
    {"1024 bytes", padded_to(1024)},
    {"negative size", with_size("-1")},
    {"size of 2^63", with_size("9223372036854775808")},
    {"size beyond 2^64", with_size("99999999999999999999999")},
    {"no size value", version + oid + "size \n"},
    {"size with a blank before", with_size(" 5")},
    {"size with two signs", with_size("+-5")},
    {"size in hex", with_size("0x5")},
    {"size with an underscore", with_size("1_000")},
    {"no size line", version + oid},
    {"no oid line", version + size},
    {"no version line", oid + size},
    {"extra key", version + oid + size + "x y\n"},
    {"extra key before", "x y\n" + version + oid + size},
    {"extension after size", version + oid + size + extension},
    {"wrong order", version + size + oid},
    {"upper-case hex", version + replaced(oid, "abcdef", "ABCDEF") + size},
    {"63 digits", version + replaced(oid, "0123", "012") + size},
    {"65 digits", version + replaced(oid, "0123", "01230") + size},
    {"duplicated version", version + version + oid + size},
    {"spec/v2", "version https://git-lfs.github.com/spec/v2\n" + oid + size},
    {"byte order mark", "\xEF\xBB\xBF" + version + oid + size},
    {"sha1", version + replaced(oid, "sha256", "sha1") + size},
    {"text before", "hello\n" + version + oid + size},
    {"duplicate extension priority", version + extension + "ext-0-bar sha256:" + digits + "\n" + oid + size},
    {"broken extension oid", version + "ext-0-foo sha256:abc\n" + oid + size},
    {"the same extension twice, the last broken", version + extension + "ext-0-foo x\n" + oid + size},
    {"extension priority of two digits", version + "ext-10-foo sha256:" + digits + "\n" + oid + size},
    {"extension without a name", version + "ext-0- sha256:" + digits + "\n" + oid + size},
    {"trailing blank on the oid line", version + "oid sha256:" + digits + " \n" + size},
    {"trailing blank on the version line", "version https://git-lfs.github.com/spec/v1 \n" + oid + size},
    {"tab instead of blank", "version\thttps://git-lfs.github.com/spec/v1\n" + oid + size},
    {"two carriage returns", version + "\r\r\n" + oid + size},
    {"line without a value", version + "oid\n" + oid + size},
    {"only blanks", std::string(200, ' ')},
};

}  // namespace

const std::vector<pointer_variant>& accepted_pointers() {
  return accepted;
}

const std::vector<pointer_variant>& rejected_pointers() {
  return rejected;
}

}  // namespace hfpipe::testing
