// What a tool's C file declares, read out of the spec: plain data, made by tools/tool.h's macros through
// spec::Annotation.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "spec/spec.h"
#include "tool/text/number.h"

namespace sonde::tool {

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
  std::string matching;            // a column: the value is a regular expression for its text
  std::string optional_value;      // where none is given; empty: one has to be
  std::string sized_map;           // the value is how many entries this map has; empty: of none
  bool is_in_pages = false;        // of a buffer
  std::string listed_type;         // its names are printed; empty: none
  std::vector<std::string> words;  // of a choice: the values are their places
  std::optional<Range> range;      // of a number, or of each in a list
  std::string at_most;             // another option, which this one's value must not exceed
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
  std::string before, after;
  bool is_plain = false;  // shown by the bytes alone, whatever the type is called
  bool is_raw = false;    // of no type: all bytes from here on, in hexadecimal
  bool grows = false;     // becomes as wide as its widest value so far
  Conditions conditions;
};

struct ColumnField {
  ColumnStyle style;
  spec::Field field;
};

// The perf buffer that takes a ring buffer's place on kernels that have none.
inline std::string perf_buffer_of(const std::string& ring_buffer) { return ring_buffer + "_by_cpu"; }

struct Rows {
  std::string map;
  spec::TypeId row = 0;
  Conditions conditions;
  std::string line;                  // what stands for the columns as text
  std::vector<ColumnField> columns;  // in the place of the row's fields with COLUMN
  bool has_perf_twin = true;         // a perf buffer by_cpu() is there for kernels without ring buffers

  std::string by_cpu() const { return perf_buffer_of(map); }
};

struct ComputedColumn {
  ColumnStyle style;
  std::string expression;
};

struct SortOrder {
  std::vector<std::string> expressions;  // of fields; more than one: the option's value says which
  std::string option;                    // empty: always
  bool ascending = false;
};

struct Table {
  std::string map;
  std::vector<ComputedColumn> computed;
  std::vector<SortOrder> orders;  // the last whose option is on decides
  std::string summary;            // a line below, with expressions of sums in braces
  std::string limit;              // the option that says how many rows
  bool as_stacks = false;
  bool as_entries = false;    // "key -> value" for each, and they stay in the map
  bool as_stack_map = false;  // the stacks that a BPF_STACK_TRACE holds
  bool has_header = true;
  Conditions conditions;
};

struct Histogram {
  std::string map;
  std::string unit;
  bool is_linear = false;
  bool is_by_slot = false;  // the key is a slot, or what it is of and a slot; the value is the slot's count
  std::vector<std::pair<std::string, std::string>> units;  // option, unit
  std::string average_option;
  Conditions conditions;
};

struct Probe {
  std::string program;
  std::string kind;
  // raw_tracepoint: its name; uprobe, uretprobe: library and symbol; sample: option of the frequency; cycles: options
  // of frequency, period and CPU; counter: its name, and the option of its period.
  std::array<std::string, 3> words;
};

// The argument of probes that the user names.
struct ProbesArgument {
  std::string grammar;  // the tool whose specifications are taken: "funccount"
  std::string word;     // "PATTERN"
  std::string help;
  std::string regex_option;  // the name in it is a regular expression where this is on; empty: never
};

struct HookCondition {
  std::string program;
  Conditions conditions;
  bool is_optional = false;
  bool is_unpreempted = false;  // not on kernels that can interrupt it by another call of itself, which is then missed
};

// Programs that do the same at different places of the kernel: the first set that it takes as a whole is attached.
struct Alternatives {
  std::string name;
  std::map<int, std::vector<std::string>> sets;  // of programs, by their order
};

// A map that no program reaches unless the condition holds.
struct MapUse {
  std::string map;
  Condition condition;
};

struct Heading {
  std::string text;
  std::string option;
};

struct Tool {
  std::string name;
  std::string speaker;           // who speaks in messages; empty: `name`
  bool is_program = false;       // of a program that declares nothing (tool_of_program.h)
  bool has_trace_lines = false;  // what it writes by bpf_trace_printk() is shown
  bool labels_records = false;   // each record says which map it is of
  std::string summary;
  std::vector<std::string> intro;
  std::vector<Heading> headings;
  std::vector<ToolOption> options;   // arguments among them
  std::optional<unsigned> interval;  // seconds; 0: until the end
  bool interval_is_option = false;   // -i, and no count
  bool has_duration = false;         // as an argument
  std::optional<double> duration;    // seconds, unless the user says otherwise
  bool clears_screen = false;
  bool has_filters = true;
  bool is_of_one_process = false;  // --exec does not follow the command's children
  bool has_custom_view = false;
  Conditions custom_view_conditions;
  char command_letter = 0;  // of an option that runs a command; 0: --exec alone
  std::vector<std::pair<std::string, char>> output_letters;
  std::vector<Rows> rows;
  std::vector<Table> tables;
  std::vector<Histogram> histograms;
  std::vector<MapUse> map_uses;
  std::vector<std::pair<std::string, std::string>> kernel_addresses;  // a constant, a variable of the kernel
  std::vector<Probe> probes;
  std::optional<ProbesArgument> probes_argument;
  std::vector<std::string> per_probe_maps;  // with an entry for each of these probes, from 1
  std::vector<HookCondition> hooks;
  std::vector<Alternatives> alternatives;
  std::vector<std::string> notes;
  std::vector<std::string> overhead;
  std::vector<std::pair<std::string, std::string>> examples;
  std::vector<std::pair<std::string, std::string>> sessions;  // commands and what they printed

  const std::string& spoken_name() const { return speaker.empty() ? name : speaker; }
};

bool is_tool(const spec::Spec& spec);
// An error names the declaration that is wrong.
Result<Tool> read_tool(const spec::Spec& spec, const std::string& name);

// A record's fields; those of an unnamed struct or union are as its own.
std::vector<spec::Field> fields_of(const spec::Spec& spec, spec::TypeId record);
// What a field's annotations say of its column. Without a title it has none.
ColumnStyle column_style(const spec::Field& field);
// Fields with COLUMN or SECTION, in order.
std::vector<ColumnField> columns_of(const spec::Spec& spec, spec::TypeId record);
// What a condition may ask for without the tool declaring it: -p or a command was given, -t was given.
inline constexpr std::string_view kProcessCondition = "pid";
inline constexpr std::string_view kThreadCondition = "tid";
// A command was given whose children are followed.
inline constexpr std::string_view kFollowCondition = "follow";

const ToolOption* find_option(const Tool& tool, std::string_view name);

}  // namespace sonde::tool
