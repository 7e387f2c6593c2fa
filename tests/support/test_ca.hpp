#pragma once

#include <string>
#include <vector>

namespace hfpipe::testing {

/// A certificate with its key, in PEM, valid for a day: nothing in the repository can expire.
struct test_identity {
  std::string certificate;
  std::string key;
};

/// A private CA made on the spot.
class test_ca {
 public:
  /// OpenSSL tells CAs apart by `name`.
  explicit test_ca(const std::string& name = "hfpipe test CA");
  /// A certificate for names and addresses, written as OpenSSL does: `DNS:localhost`, `IP:127.0.0.1`.
  test_identity issue(const std::vector<std::string>& names) const;
  const std::string& certificate() const { return own_.certificate; }
  /// The certificate as a file, for trust::ca_files. Removed with the object.
  const std::string& file() const { return file_; }

  ~test_ca();
  test_ca(const test_ca&) = delete;
  test_ca& operator=(const test_ca&) = delete;

 private:
  test_identity own_;
  std::string file_;
};

}  // namespace hfpipe::testing
