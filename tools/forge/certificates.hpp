#pragma once

#include <filesystem>

namespace hfpipe::forge {

/// Makes a private CA (`ca.pem`) and a server's certificate and key under it (`server.pem`, `server.key`) in `folder`,
/// for localhost, 127.0.0.1 and ::1, good for a year. The CA's key is thrown away.
/// Throws `failed` when a file cannot be written.
void make_certificates(const std::filesystem::path& folder);

}  // namespace hfpipe::forge
