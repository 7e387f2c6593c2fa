#include "protocol/platform/gitea.hpp"
#include "protocol/platform/gitlab.hpp"
#include "protocol/platform/hub.hpp"
#include "protocol/platform/modelscope.hpp"
#include "protocol/platform/repository_place.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// What the APIs of the platforms answer, to every reader that there is; and the path of a repository there.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace api = platform;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  bool any = false;
  for (const auto& read :
       {api::gitlab::read_project(body), api::gitea::read_repository(body), api::hub::read_repository(body)}) {
    any |= fuzz::accepted(read);
  }
  for (const auto& read : {api::gitlab::read_mirror(body), api::gitea::read_mirror(body)}) fuzz::accepted(read);
  if (const auto read = api::gitlab::read_namespace(body)) fuzz::reached("namespace");
  if (const auto read = api::gitlab::read_is_mirror(body)) fuzz::reached(*read ? "mirror" : "no_mirror");
  const auto user = api::gitea::read_user(body);
  if (user) fuzz::reached("user");
  fuzz::must(!user || !user->empty());
  const auto in_envelope = api::modelscope::read_repository(body);
  fuzz::accepted(in_envelope);
  if (in_envelope && !*in_envelope) fuzz::reached("none_there");
  fuzz::accepted(api::modelscope::read_created(body));

  for (const auto kind :
       {api::host_kind::gitlab, api::host_kind::gitea, api::host_kind::hugging_face, api::host_kind::modelscope}) {
    const auto place = api::place_of_path(body, kind);
    if (!place) fuzz::reached(facts_of(place.error().code()).name);
    if (place && !any) fuzz::reached("place");
    fuzz::must(!place || !place->name.empty());
  }
  return 0;
}
