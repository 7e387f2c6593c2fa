#include "tools/hfpipe/flags.hpp"

#include <array>
#include <cctype>

namespace hfpipe::cli {

namespace {

constexpr auto every_flag = std::to_array<flag>({
    {kind::text, "-s", "source", "SOURCE", "What", "where to copy from", every_pair},
    {kind::text, "-t", "target", "TARGET", "What", "where to copy to", every_pair},
    {kind::list, "", "refs", "REFSPEC", "What", "instead of all branches and tags; repeatable; ^refs/… leaves out",
     that_compare},
    {kind::toggle, "", "mirror", "", "What", "all refs, and delete on the target what the source no longer has",
     every_choice},
    {kind::toggle, "", "no-force", "", "What", "move branches only forward and no tag, as if no REFSPEC had a +",
     that_send},
    {kind::toggle, "", "atomic", "", "What", "all refs or none, where the target can", that_send},
    {kind::toggle, "", "strict", "", "What", "fail when a ref is refused or left out", that_send},
    {kind::text, "", "lfs", "new|all|none", "What", "objects of what moves, of all that the refs reach, or none (new)",
     that_send},
    {kind::toggle, "", "pointer-only", "", "What", "the same as --lfs none", that_send},
    {kind::toggle, "", "strict-lfs", "", "What", "move no ref when an object is on neither side", that_send},
    {kind::toggle, "", "allow-unscanned", "", "What", "go on though some history could not be searched for objects",
     that_compare},
    {kind::toggle, "", "deep", "", "What", "verify only: read every object back from the target", that_check},
    {kind::toggle, "-n", "dry-run", "", "What", "say what would move, change nothing", that_send},
    {kind::text, "", "seconds", "N", "Bench", "bench only: how long each end is measured (20)", that_measure},
    {kind::toggle, "", "scratch", "", "Bench", "bench only: store up to 1 GiB in TARGET, where it stays", that_measure},
    {kind::text, "-f", "file", "FILE", "Many", "sync only: the jobs, in YAML; - is stdin", that_repeat},
    {kind::text, "", "jobs", "N", "Many", "sync only: jobs at once, which share the memory (2)", that_repeat},
    {kind::toggle, "", "keep-going", "", "Many", "sync only: begin the next job also when one has failed", that_repeat},
    {kind::toggle, "", "create", "", "Host", "create the target where it does not exist yet", that_send},
    {kind::text, "", "visibility", "match|private|public", "Host", "of what --create creates (match: as the source's)",
     that_send},
    {kind::toggle, "", "set-default-branch", "", "Host", "make the source's default branch the target's", that_send},
    {kind::toggle, "", "use-remote-mirror", "", "Host", "the same as hfpipe mirror", that_delegate},
    {kind::text, "", "platform", "gitlab|gitea|forgejo|huggingface|modelscope|auto", "Host",
     "whose API the target speaks (auto: it is asked)", that_ask_the_host, "MIRROR_PLATFORM"},
    {kind::text, "", "api-base", "URL", "Host", "where that API is (made from TARGET)", that_ask_the_host,
     "GITLAB_API_BASE"},
    {kind::text, "", "project-path", "PATH", "Host", "what that API calls the target (TARGET's path)",
     that_ask_the_host, "GITLAB_PROJECT_PATH"},
    {kind::text, "", "source-token-file", "FILE", "Credentials", "read the source's token from FILE, - is stdin",
     every_copy},
    {kind::text, "", "target-token-file", "FILE", "Credentials", "read the target's token from FILE, - is stdin",
     every_copy},
    {kind::text, "", "env-file", "FILE", "Credentials", "variables to add to the environment (.env, if there is one)",
     every_command},
    {kind::text, "-j", "transfers", "N", "Pace", "large objects in flight, and at most 12 N small ones (8)",
     that_carry},
    {kind::text, "", "streams", "N", "Pace", "most connections to the source for one object (8)", that_carry},
    {kind::text, "", "threads", "N", "Pace", "threads that move objects (one for each core, at most 4)", that_share},
    {kind::text, "", "max-buffer-memory", "SIZE", "Pace", "ceiling of all buffers, from 16MiB (128MiB)", that_share},
    {kind::text, "", "bwlimit", "RATE", "Pace", "bytes a second that are sent, or read to be checked, in all (off)",
     that_share},
    {kind::text, "", "tpslimit", "N", "Pace", "requests a second to all hosts, 0.5 is one in two seconds (off)",
     that_share},
    {kind::text, "", "retries", "N", "Pace", "tries after the first for what is temporary (8)", every_copy},
    {kind::text, "", "retry-delay", "TIME", "Pace", "wait before the first of them, which doubles each time (1s)",
     every_copy},
    {kind::text, "", "timeout", "TIME", "Pace", "longest silence on a connection (30s)", every_copy},
    {kind::text, "", "contimeout", "TIME", "Pace", "longest wait for a connection (30s)", every_copy},
    {kind::text, "", "finalize-timeout", "TIME", "Pace", "wait for an answer after an object's last byte (15m)",
     every_copy},
    {kind::list, "", "ca-cert", "FILE", "Trust", "trust the CAs in this PEM file too; repeatable", every_copy},
    {kind::toggle, "", "insecure-skip-verify", "", "Trust", "do not check certificates: anybody on the way can listen",
     every_copy},
    {kind::toggle, "", "allow-http", "", "Trust", "plain http to other hosts than this one", every_copy},
    {kind::text, "", "format", "text|json", "Output", "the result on stdout (text)", every_command},
    {kind::text, "", "progress", "auto|tty|plain|json|none", "Output", "on stderr (auto)", every_command},
    {kind::text, "", "stats", "TIME", "Output", "between two lines of plain progress (30s)", every_command},
    {kind::toggle, "-v", "verbose", "", "Output", "a line for each object", every_command},
    {kind::toggle, "-q", "quiet", "", "Output", "errors only", every_command},
    {kind::question, "", "version", "", "Output", "which hfpipe this is", every_command},
    {kind::question, "-h", "help", "", "Output", "this text, or what a command takes", every_command},
    {kind::text, "", "temp-dir", "DIR", "Old", "has no effect: nothing is staged on disk", every_command},
    {kind::toggle, "", "no-cleanup", "", "Old", "has no effect either", every_command},
});

/// In the order of the enumerators.
constexpr std::array<std::string_view, 8> commands{"copy",  "sync",       "verify",  "mirror",
                                                   "bench", "completion", "version", "help"};

}  // namespace

std::span<const flag> all_flags() {
  return every_flag;
}

std::span<const std::string_view> all_commands() {
  return commands;
}

std::string_view to_text(command word) {
  return commands.at(static_cast<std::size_t>(word));
}

bool listens(command word, const flag& f) {
  switch (word) {
    case command::copy:
      return f.told.copy;
    case command::sync:
      return f.told.sync;
    case command::verify:
      return f.told.verify;
    case command::mirror:
      return f.told.mirror;
    case command::bench:
      return f.told.bench;
    case command::completion:
    case command::version:
    case command::help:
      return true;
  }
  return true;
}

std::string variable_of(std::string_view flag_name) {
  std::string variable = "HFPIPE_";
  for (const char c : flag_name) {
    variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

}  // namespace hfpipe::cli
