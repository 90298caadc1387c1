// A tool's page of the manual, in troff: from its declarations and its command line.
#include "tool/run/manual.h"

#include <fmt/format.h>

namespace sonde::tool {
namespace {

// Text between requests: a backslash and a dot at the start of a line mean themselves.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += fmt::format("\\&{}", c);
    else out += c;
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// "-p, --pid PID": names bold, what they take in italics.
std::string term(const CLI::Option& option) {
  std::string names = option.get_name(/*positional=*/false, /*all_options=*/true);
  if (option.get_positional()) return fmt::format("\\fI{}\\fR", escaped(option.get_name(true)));
  for (size_t at = 0; (at = names.find(',', at)) != std::string::npos; at += 2) names.replace(at, 1, ", ");
  std::string word = option.get_items_expected_max() > 0 ? option.get_type_name() : "";
  word = word.substr(0, word.find(":{"));  // the values of a choice, which CLI11 adds
  return fmt::format("\\fB{}\\fR{}", escaped(names), word.empty() ? "" : fmt::format(" \\fI{}\\fR", escaped(word)));
}

std::string options(const CLI::App& app) {
  std::string page, group;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    if (option->get_group() != group && !page.empty() && option->get_group() != "Options")
      page += fmt::format(".SS {}\n", escaped(option->get_group()));
    group = option->get_group();
    page += fmt::format(".TP\n{}\n{}\n", term(*option), escaped(option->get_description()));
  }
  return page;
}

std::string usage(const CLI::App& app, const std::string& command) {
  std::string line = fmt::format("\\fB{}\\fR [options]", escaped(command));
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    std::string word = fmt::format("\\fI{}\\fR", escaped(option->get_name(true)));
    line += option->get_required() ? " " + word : fmt::format(" [{}]", word);
  }
  return line + "\n";
}

// A ready tool can be called in two ways, one of the user's own by its file alone.
std::string synopsis(const CLI::App& app, const std::string& tool) {
  std::string command = app.get_name();
  if (command != tool && command != "sonde " + tool) return usage(app, command);
  return usage(app, tool) + ".br\n" + usage(app, "sonde " + tool);
}

// "; with --timestamp". A condition may name an option of all tools, as "tid".
std::string when(const Tool& tool, const Conditions& conditions) {
  std::string text;
  for (const Condition& each : conditions) {
    const ToolOption* option = find_option(tool, each.option);
    text += fmt::format("; {} --{}", each.wanted ? "with" : "without", option ? option->long_name : each.option);
  }
  return text;
}

std::string columns(const spec::Spec& spec, const Tool& tool) {
  std::string rows;
  for (const Rows& each : tool.rows) {
    for (const ColumnField& column : columns_of(spec, each.row)) {
      std::string text = fmt::format("\"{}\" as JSON{}{}", column.field.name, when(tool, each.conditions),
                                     when(tool, column.style.conditions));
      rows += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(column.style.title), escaped(text));
    }
  }
  return rows.empty() ? "" : ".SH COLUMNS\n" + rows;
}

std::string exit_status(const Tool& tool) {
  std::string text = "0 on success, 1 if an error occurred, 2 if the command line was wrong.\n";
  if (!tool.has_filters) return text;
  return text + escaped(
                    "With --exec it is the exit status of the command, if that ended before the tool: 128 and the "
                    "signal's number if a signal ended it, 126 if it could not be executed, 127 if there was none.\n");
}

}  // namespace

std::string manual(const spec::Spec& spec, const Tool& tool, const CLI::App& app) {
  std::string page = fmt::format(".TH {} 8 \"\" \"sonde\" \"System tracing\"\n", upper(escaped(tool.name)));
  page += fmt::format(".SH NAME\n{} \\- {}\n", escaped(tool.name), escaped(tool.summary));
  page += ".SH SYNOPSIS\n" + synopsis(app, tool.name);
  if (!tool.notes.empty()) page += ".SH DESCRIPTION\n";
  for (const std::string& note : tool.notes) page += escaped(note) + "\n.PP\n";
  page += ".SH OPTIONS\n" + options(app) + columns(spec, tool);
  if (!tool.overhead.empty()) page += ".SH OVERHEAD\n";
  for (const std::string& text : tool.overhead) page += escaped(text) + "\n.PP\n";
  if (!tool.examples.empty()) page += ".SH EXAMPLES\n";
  for (const auto& [command, text] : tool.examples)
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escaped(command), escaped(text));
  if (!tool.sessions.empty()) page += ".SH EXAMPLE SESSION\n";
  for (const auto& [command, output] : tool.sessions) {
    page += fmt::format(".nf\n\\fB# {}\\fR\n{}\n.fi\n.PP\n", escaped(command), escaped(output));
  }
  page += ".SH EXIT STATUS\n" + exit_status(tool);
  page += ".SH SEE ALSO\n\\fBsonde list\\fR, \\fBsonde doctor\\fR\n";
  return page;
}

}  // namespace sonde::tool
