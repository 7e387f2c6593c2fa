#include "tests/support/nginx_story.hpp"

#include <utility>

namespace hfpipe::testing {

nginx_story::nginx_story(nginx_story_setup setup)
    : source_(std::move(setup.source)),
      target_(std::move(setup.target)),
      original_(source_.make_repository("model", setup.format)),
      copied_(target_.make_repository("copy", setup.format)) {}

void nginx_story::publish() {
  original_.add_history("main", 4);
  const git_oid head = original_.commit("main", {{"README.md", "# a model\n"}, {"deep/er/file", noise(50'000, 1)}});
  original_.commit("other", {{"notes.txt", "nothing yet\n"}});
  original_.light_tag("light", head);
  original_.annotated_tag("annotated", head);
  original_.annotated_tag("of-a-tag", git_oid::from_hex(original_.git({"rev-parse", "annotated"})).value());
  original_.light_tag("of-a-blob", original_.blob("not a commit"));
  original_.light_tag("of-a-tree", git_oid::from_hex(original_.git({"rev-parse", "main^{tree}"})).value());
}

child_command nginx_story::command(std::vector<std::string> flags, std::string_view from, std::string_view to) const {
  child_command made = copy_command(source_.url_of(from), target_.url_of(to), std::move(flags), home_.path());
  made.environment["HF_TOKEN"] = source_.token();
  made.environment["TARGET_TOKEN"] = target_.token();
  made.environment["TARGET_USERNAME"] = "user";
  return made;
}

hfpipe_run nginx_story::run(child_command command) const {
  return checked_run(run_child(std::move(command)), {source_.token(), target_.token()}, home_.path());
}

std::string nginx_story::difference() const {
  if (original_.refs() != copied_.refs()) return "the refs differ";
  if (!copied_.is_sound()) return "git fsck complains";
  return {};
}

}  // namespace hfpipe::testing
