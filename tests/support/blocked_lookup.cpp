#include <netdb.h>
#include <unistd.h>

// For LD_PRELOAD: every name lookup hangs, as with a name server that is gone and a resolver that is patient.

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  for (;;) ::pause();
}
