#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/secret.hpp"

namespace hfpipe::forge {

/// Who may read and write. Without a token everybody may do everything.
class access_rules {
 public:
  access_rules(std::string user, std::optional<secret> token, bool anonymous_read)
      : user_(std::move(user)), token_(std::move(token)), anonymous_read_(anonymous_read) {}

  enum class need { read, write };
  enum class verdict { granted, no_credentials, wrong_credentials };
  /// `authorization` is the header's value: Basic with the token as the password of any user, or Bearer.
  verdict check(std::optional<std::string_view> authorization, need what) const;

  /// What git is told as REMOTE_USER.
  const std::string& user() const { return user_; }

 private:
  std::string user_;
  std::optional<secret> token_;
  bool anonymous_read_;
};

/// The password of a Basic credential; nothing where `authorization` is none.
std::optional<std::string> basic_password(std::string_view authorization);

}  // namespace hfpipe::forge
