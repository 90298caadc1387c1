// What a tool's C file declares, read out of the spec: plain data, made by tools/tool.h's macros through spec::Note.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "spec/spec.h"

namespace sonde::frame {

// Holds when the option is on (`wanted`) or off.
struct Condition {
  std::string option;
  bool wanted = true;
};
using Conditions = std::vector<Condition>;

struct ToolOption {
  std::string name;  // of the constant in the program
  char letter = 0;
  std::string long_name;  // of an argument: the word that stands for it
  std::string help;
  std::string value_word;  // "ROWS"; empty: by its type
  std::vector<std::string> excludes;
  std::string matching;    // a column: the value is a regular expression for its text
  spec::TypeId type = 0;
  bool is_argument = false;

  bool is_flag(const spec::Spec& spec) const { return spec.types[type].kind == spec::TypeKind::kBool; }
  bool is_list(const spec::Spec& spec) const { return spec.types[type].kind == spec::TypeKind::kStruct; }
};

struct ColumnStyle {
  std::string title;
  int width = 0;  // negative: to the left
  std::string unit;
  int digits = -1;
  size_t cut = 0;
  std::vector<std::pair<std::string, int>> widths;  // option, width: the last whose option is on
  bool per_second = false;
  std::string after;
  Conditions conditions;
};

struct ColumnField {
  ColumnStyle style;
  spec::Field field;
};

struct Rows {
  std::string map;
  spec::TypeId row = 0;
  Conditions conditions;
  std::string line;  // what stands for the columns as text

  std::string by_cpu() const { return map + "_by_cpu"; }  // the perf buffer that takes the place of the ring buffer
};

struct ComputedColumn {
  ColumnStyle style;
  std::string expression;
};

struct SortOrder {
  std::string field;
  std::string option;  // empty: always
};

struct Table {
  std::string map;
  std::vector<ComputedColumn> computed;
  std::vector<SortOrder> orders;  // the last whose option is on decides
  std::string limit;              // the option that says how many rows
  bool as_stacks = false;
  Conditions conditions;
};

struct Histogram {
  std::string map;
  std::string unit;
  bool is_linear = false;
  std::vector<std::pair<std::string, std::string>> units;  // option, unit
  std::string average_option;
};

struct Probe {
  std::string program;
  std::string kind;  // uprobe, uretprobe, sample
  std::string target;
  std::string symbol;
};

struct HookTerms {
  std::string program;
  Conditions conditions;
  bool is_optional = false;
};

struct Heading {
  std::string text;
  std::string option;
};

struct Tool {
  std::string name;
  std::string summary;
  std::vector<std::string> intro;
  std::vector<Heading> headings;
  std::vector<ToolOption> options;  // arguments among them
  std::optional<unsigned> interval;  // seconds; 0: until the end
  bool has_duration = false;
  bool clears_screen = false;
  bool has_filters = true;
  std::vector<Rows> rows;
  std::vector<Table> tables;
  std::vector<Histogram> histograms;
  std::vector<Probe> probes;
  std::vector<HookTerms> hooks;
  std::vector<std::vector<std::string>> either;  // each a list of sets of programs
  std::vector<std::string> notes;
  std::vector<std::pair<std::string, std::string>> examples;
};

bool is_tool(const spec::Spec& spec);
// An error names the declaration that is wrong.
Result<Tool> read_tool(const spec::Spec& spec, const std::string& name);

// Fields with COLUMN or SECTION, in order.
std::vector<ColumnField> columns_of(const spec::Spec& spec, spec::TypeId record);
// What a condition may ask for without the tool declaring it: -t was given.
inline constexpr std::string_view kThreadCondition = "tid";

const ToolOption* find_option(const Tool& tool, std::string_view name);

}  // namespace sonde::frame
