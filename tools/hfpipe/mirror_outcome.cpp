#include "tools/hfpipe/mirror_outcome.hpp"

#include <boost/json/object.hpp>
#include <ostream>

#include "tools/hfpipe/json_members.hpp"
#include "tools/hfpipe/result_summary.hpp"

namespace hfpipe::cli {

namespace {

std::string check_command(const mirror_report& report) {
  return "hfpipe verify " + report.source + " " + report.target;
}

std::string headline(const mirror_report& report) {
  switch (report.result.stage) {
    case mirror_stage::not_set_up:
      return "no mirror";
    case mirror_stage::set_up:
    case mirror_stage::updating:
      return "not updated";
    case mirror_stage::updated:
      break;
  }
  return "mirrors";
}

std::string state_text(const mirror_report& report) {
  switch (report.result.stage) {
    case mirror_stage::not_set_up:
      return "not set up";
    case mirror_stage::set_up:
      return "set up; no update was started";
    case mirror_stage::updating:
      return "set up; its update was started and is not known to have ended well";
    case mirror_stage::updated:
      break;
  }
  return report.result.created ? "created and pulled" : "set up and updated";
}

}  // namespace

std::string summary_of(const mirror_report& report) {
  const std::string first = headline(report);
  std::string text = first + "  " + report.source + "\n";
  text += std::string(first.size() - 2, ' ') + "in  " + report.target + "\n";
  text += "  mirror   " + state_text(report) + (report.platform.empty() ? "" : " (" + report.platform + ")") + "\n";
  text += "  took     " + resources_text(report, report.result.retries) + "\n";
  if (report.result.stage == mirror_stage::updated) {
    text += "  hosts swallow what goes wrong with LFS objects; compare: " + check_command(report) + "\n";
  }
  return text;
}

void write_document(std::ostream& out, const mirror_report& report) {
  json_members all(out);
  add_head(all, report, report.result.error);
  all.add("mirror", boost::json::object{{"platform", report.platform.empty() ? boost::json::value(nullptr)
                                                                             : boost::json::value(report.platform)},
                                        {"status", to_text(report.result.stage)},
                                        {"created", report.result.created},
                                        {"check", check_command(report)}});
  all.add("retries", report.result.retries);
  add_figures(all, report, byte_count());
  all.close();
  out << '\n' << std::flush;
}

}  // namespace hfpipe::cli
