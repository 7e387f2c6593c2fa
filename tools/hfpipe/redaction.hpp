#pragma once

#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/secret.hpp"
#include "tools/hfpipe/options.hpp"

namespace hfpipe::cli {

/// The secrets that a run was given, to be looked for in everything that it prints: a server may repeat them in its own
/// words, where no rule about URLs finds them.
class known_secrets {
 public:
  /// A shorter one is not looked for: it would be found inside of words, and hide what a person must read.
  static constexpr std::size_t least_length = 8;

  /// Adds it in each form that it travels in: as it is, percent-encoded, and as JSON writes it.
  void add(std::string_view hidden);

  /// `text` with `[secret]` instead of each.
  std::string hidden_in(std::string text) const;
  /// How many bytes at the end of `text` may be the beginning of one that goes on.
  std::size_t begun_at_end_of(std::string_view text) const;

 private:
  void add_form(std::string form);

  std::vector<std::string> forms_;  ///< the longest first: it may contain others
};

/// Tokens, passwords and what Authorization makes of them, of everything that `asked` holds.
known_secrets secrets_of(const invocation& asked);

/// What is written to it goes on to `out`, without the secrets, also those that come in several pieces: a flush
/// leaves behind what may be the beginning of one. No secret begins with a line end, so whole lines arrive at once.
/// Both arguments must outlive it.
class redacting_buffer final : public std::streambuf {
 public:
  redacting_buffer(std::streambuf& out, const known_secrets& hidden) : out_(out), hidden_(hidden) {}

 protected:
  int_type overflow(int_type byte) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool pass_on();

  std::streambuf& out_;
  const known_secrets& hidden_;
  std::string held_;
};

}  // namespace hfpipe::cli
