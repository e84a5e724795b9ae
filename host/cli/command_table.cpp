#include "cli/cmd_db.h"
#include "cli/cmd_help.h"
#include "cli/cmd_list.h"
#include "cli/cmd_plugin.h"
#include "cli/cmd_plugin_new.h"
#include "cli/cmd_report.h"
#include "cli/cmd_run.h"
#include "cli/cmd_system.h"
#include "cli/command.h"

namespace benchhost::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> list;
    auto add = [&](Command command) { list.push_back(std::move(command)); };
    auto add_all = [&](std::vector<Command> more) {
      for (Command& c : more) add(std::move(c));
    };
    add(run_command());
    add_all(list_commands());
    add(list_runs_command());
    add(show_command());
    add(report_command());
    add(query_command());
    add(replay_command());
    add(why_command());
    add_all(suite_commands());
    add(plugin_new_command());
    add_all(plugin_commands());
    add_all(db_commands());
    add_all(system_commands());
    add(doctor_command());
    add_all(help_commands());
    return list;
  }();
  return all;
}

}  // namespace benchhost::cli
