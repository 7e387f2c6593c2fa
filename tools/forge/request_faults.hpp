#pragma once

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// Faults of a connection before its first request. True: one took it, and the socket is to be closed.
bool spoil_connection(site& at, int socket, bool is_tls);

/// Faults that any request may meet, whatever it asks for. True: one took the answer's place. False: it is to be
/// answered, perhaps over a connection that will not let it all through.
bool spoil_request(const visit& request);

}  // namespace hfpipe::forge
