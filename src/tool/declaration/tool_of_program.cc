#include "tool/declaration/tool_of_program.h"

#include <elf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "elf/file.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using spec::Type;
using spec::TypeKind;

constexpr size_t kMaxColumns = 4096;  // more than anybody's record has; a damaged spec may say anything

bool is_record(const Type& type) { return type.kind == TypeKind::kStruct || type.kind == TypeKind::kUnion; }

// What most values of a type fit into; a wider one widens its column.
int usual_width(const spec::Spec& spec, const Type& type) {
  if (is_text(spec, type)) return static_cast<int>(std::min(type.count, 16u));
  if (type.kind == TypeKind::kPointer) return 18;
  if (type.kind == TypeKind::kInt) return type.size <= 1 ? 3 : type.size <= 2 ? 5 : type.size <= 4 ? 7 : 15;
  return 5;
}

// The columns of an event: fields of records inside it are columns of their own, "outer.inner".
class EventColumns {
 public:
  explicit EventColumns(const spec::Spec& spec) : spec_(spec) {}

  std::vector<ColumnField> of(spec::TypeId event) && {
    add(event, "", 0);
    return std::move(columns_);
  }

 private:
  void add(spec::TypeId id, const std::string& prefix, uint32_t offset_bits) {
    if (!is_record(spec_.types[id])) return add_column({.name = "value", .type = id, .offset_bits = offset_bits});
    for (spec::Field field : spec_.types[id].fields) {
      if (++visited_ > kMaxColumns) return;
      field.offset_bits += offset_bits;
      bool is_inner = is_record(spec_.types[field.type]);
      std::string name = prefix + safe_text(field.name);
      if (is_inner) add(field.type, field.name.empty() ? prefix : name + ".", field.offset_bits);
      if (is_inner || field.name.empty()) continue;  // a bit-field without a name is padding
      field.name = std::move(name);
      add_column(std::move(field));
    }
  }

  void add_column(spec::Field field) {
    const Type& type = spec_.types[field.type];
    int width = std::max(static_cast<int>(field.name.size()), usual_width(spec_, type));
    ColumnStyle style{.title = field.name, .width = is_number(type) ? width : -width, .is_plain = true, .grows = true};
    columns_.push_back({std::move(style), std::move(field)});
  }

  const spec::Spec& spec_;
  std::vector<ColumnField> columns_;
  size_t visited_ = 0;
};

ColumnField raw_column() {
  return {{.title = "event", .width = -5, .is_plain = true, .is_raw = true}, {.name = "event"}};
}

Rows rows_of(const spec::Spec& spec, const spec::Map& map) {
  Rows rows{.map = map.name, .row = map.event.value_or(0), .has_perf_twin = false};
  if (map.event) rows.columns = EventColumns(spec).of(*map.event);
  if (rows.columns.empty()) rows.columns.push_back(raw_column());
  return rows;
}

bool is_event_map(const spec::Map& map) { return map.kind == "perf_output" || map.type == BPF_MAP_TYPE_RINGBUF; }

// Whether its entries mean something to a reader: not those of buffers and program arrays, nor the loader's own maps.
bool has_shown_entries(const spec::Map& map) {
  constexpr std::array kShown = {BPF_MAP_TYPE_HASH,     BPF_MAP_TYPE_ARRAY,        BPF_MAP_TYPE_PERCPU_HASH,
                                 BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_PERCPU_HASH,
                                 BPF_MAP_TYPE_LPM_TRIE};
  auto has = [&](std::string_view part) { return map.name.find(part) != std::string::npos; };
  bool is_of_the_loader = map.name.starts_with('.') || has(".data") || has(".bss") || has(".rodata");
  return std::find(kShown.begin(), kShown.end(), map.type) != kShown.end() && !is_of_the_loader;
}

bool is_count(const Type& type) { return type.kind == TypeKind::kInt && type.size <= 8; }

// BPF_HISTOGRAM: the key is a slot, or a record of what it is of and a slot.
bool is_histogram(const spec::Spec& spec, const spec::Map& map) {
  if (map.kind != "histogram" || !map.value || !is_count(spec.types[*map.value])) return false;
  if (!map.key) return map.key_size <= 8;
  const Type& key = spec.types[*map.key];
  return key.fields.size() >= 2 ? is_count(spec.types[key.fields[1].type]) : key.size <= 8;
}

void add_view(Tool& tool, const spec::Spec& spec, const spec::Map& map) {
  if (is_event_map(map)) tool.rows.push_back(rows_of(spec, map));
  else if (map.type == BPF_MAP_TYPE_STACK_TRACE) tool.tables.push_back({.map = map.name, .as_stack_map = true});
  else if (!has_shown_entries(map)) return;
  else if (is_histogram(spec, map))
    tool.histograms.push_back({.map = map.name, .unit = safe_text(map.name), .is_by_slot = true});
  else tool.tables.push_back({.map = map.name, .as_entries = true});
}

bool has_trace_call(std::string_view instructions) {
  for (size_t at = 0; at + sizeof(bpf_insn) <= instructions.size(); at += sizeof(bpf_insn)) {
    bpf_insn instruction;
    std::memcpy(&instruction, instructions.data() + at, sizeof instruction);
    bool is_helper = instruction.code == (BPF_JMP | BPF_CALL) && instruction.src_reg == 0;
    if (is_helper && (instruction.imm == BPF_FUNC_trace_printk || instruction.imm == BPF_FUNC_trace_vprintk))
      return true;
  }
  return false;
}

}  // namespace

Tool any_program() {
  Tool tool;
  tool.speaker = "sonde";
  tool.is_program = true;
  tool.interval = 0;
  tool.interval_is_option = true;
  tool.has_filters = false;
  return tool;
}

Tool tool_of_program(const spec::Spec& spec, const std::string& name, bool has_trace_lines) {
  Tool tool = any_program();
  tool.name = name;
  tool.summary = fmt::format("The program {}.", name);
  tool.has_trace_lines = has_trace_lines;
  for (const spec::Map& map : spec.maps) add_view(tool, spec, map);
  // Stacks stand below the entries that refer to them.
  std::stable_partition(tool.tables.begin(), tool.tables.end(), [](const Table& table) { return !table.as_stack_map; });
  tool.labels_records = tool.rows.size() + tool.tables.size() + tool.histograms.size() + has_trace_lines > 1;
  return tool;
}

bool has_trace_calls(const std::string& object) {
  Result<elf::File> file = elf::File::from_bytes(object, "the program");
  if (!file) return false;
  return std::any_of(file->sections().begin(), file->sections().end(), [&](const elf::Section& section) {
    bool is_code = section.type == SHT_PROGBITS && (section.flags & SHF_EXECINSTR) != 0;
    return is_code && has_trace_call(file->read(section).value_or(""));
  });
}

}  // namespace sonde::tool
