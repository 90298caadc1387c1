// The stacks that a map holds: one frame a line, innermost first, by the names of the kernel or of the process.
#include <linux/bpf.h>

#include <cstring>
#include <unordered_map>

#include <fmt/format.h>

#include "tool/formats/value_json.h"
#include "tool/text/value_text.h"
#include "tool/views/map_label.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

constexpr uint64_t kKernelHalf = uint64_t{1} << 63;

// Whose stack an ID names, as far as the entries of other maps tell: a record with a field `pid` or `tgid` beside an
// int whose name has "stack" in it.
class StackOwners {
 public:
  explicit StackOwners(const spec::Spec& spec) : spec_(spec) {}

  void learn(const spec::Map& map, const Elements& elements) {
    for (size_t i = 0; i < elements.count; ++i) {
      learn(map.key, elements.key(i));
      learn(map.value, elements.value(i));
    }
  }

  int pid_of(int32_t stack) const {  // 0: nobody's
    auto found = pids_.find(stack);
    return found == pids_.end() ? 0 : found->second;
  }

 private:
  bool is_stack_id(const spec::Field& field) const {
    const spec::Type& type = spec_.types[field.type];
    return type.kind == spec::TypeKind::kInt && type.size >= 4 && field.bits == 0 &&
           field.name.find("stack") != std::string::npos;
  }

  int32_t number(const spec::Field& field, std::string_view bytes) const {
    nlohmann::json value = field_json(spec_, field, bytes);
    return value.is_number_integer() ? static_cast<int32_t>(value.get<int64_t>()) : 0;
  }

  void learn(std::optional<spec::TypeId> type, std::string_view bytes) {
    if (!type || spec_.types[*type].kind != spec::TypeKind::kStruct) return;
    const std::vector<spec::Field>& fields = spec_.types[*type].fields;
    int pid = 0;
    for (const spec::Field& field : fields) {
      if (field.name == "tgid" || (field.name == "pid" && pid == 0)) pid = number(field, bytes);
    }
    for (const spec::Field& field : fields) {
      if (pid > 0 && is_stack_id(field)) pids_.try_emplace(number(field, bytes), pid);
    }
  }

  const spec::Spec& spec_;
  std::unordered_map<int32_t, int> pids_;
};

// Names of one stack's frames. Those of user space that nobody owns are addresses.
class Frames {
 public:
  Frames(FormatContext& formats, int pid) : formats_(formats), pid_(pid) {}

  std::vector<std::string> of_addresses(std::string_view stack) const {
    std::vector<std::string> names;
    for (; stack.size() >= sizeof(uint64_t); stack.remove_prefix(sizeof(uint64_t))) {
      uint64_t address = unsigned_at(stack, sizeof address);
      if (address == 0) break;
      names.push_back(name(address));
    }
    return names;
  }

  std::vector<std::string> of_build_ids(std::string_view stack) const {
    std::vector<std::string> names;
    bpf_stack_build_id entry;
    for (; stack.size() >= sizeof entry; stack.remove_prefix(sizeof entry)) {
      std::memcpy(&entry, stack.data(), sizeof entry);
      if (entry.status == BPF_STACK_BUILD_ID_EMPTY) break;
      std::string_view id(reinterpret_cast<const char*>(entry.build_id), sizeof entry.build_id);
      bool is_address = entry.status == BPF_STACK_BUILD_ID_IP;
      names.push_back(is_address ? name(entry.ip) : fmt::format("{}+{:#x}", hex_text(id), entry.offset));
    }
    return names;
  }

 private:
  std::string name(uint64_t address) const {
    bool is_kernel = (address & kKernelHalf) != 0;
    if (!is_kernel && pid_ <= 0) return fmt::format("{:#x}", address);
    Symbol found = formats_.symbol(is_kernel ? kKernelStacks : pid_, address);
    std::string_view file = found.module.substr(found.module.rfind('/') + 1);
    std::string module = file.empty() ? "" : fmt::format(" [{}]", file);
    if (found.name.empty()) return fmt::format("{:#x}{}", address, module);
    return fmt::format("{}+{:#x}{}", found.name, found.offset, module);
  }

  FormatContext& formats_;
  int pid_;
};

class MapStackRecord : public Record {
 public:
  MapStackRecord(int32_t id, int pid, std::vector<std::string> frames)
      : id_(id), pid_(pid), frames_(std::move(frames)) {}

  std::string text() const override {
    std::string text = pid_ > 0 ? fmt::format("  {} of process {}", id_, pid_) : fmt::format("  {}", id_);
    for (const std::string& frame : frames_) text += "\n    " + safe_text(frame);
    return text;
  }

  nlohmann::ordered_json json() const override {
    nlohmann::ordered_json object{{"stack", id_}};
    if (pid_ > 0) object["pid"] = pid_;
    object["frames"] = frames_;
    return object;
  }

  std::vector<Cells> rows() const override {
    std::string frames;
    for (const std::string& frame : frames_) frames += (frames.empty() ? "" : ";") + frame;
    return {{std::to_string(id_), pid_ > 0 ? std::to_string(pid_) : "", std::move(frames)}};
  }

 private:
  int32_t id_;
  int pid_;
  std::vector<std::string> frames_;
};

class StackMapView : public View {
 public:
  StackMapView(RunContext& context, const Table& table)
      : context_(context), table_(table), label_(context.tool, table.map) {}

  Status open() override {
    ASSIGN_OR_RETURN(map_, context_.source.map(table_.map));
    return {};
  }

  void begin() override { label_.begin(context_.sink, {"stack", "pid", "frames"}); }

  Status report(const Report&) override {
    Result<Elements> elements = context_.source.elements(table_.map);
    if (!elements) return context_.warn(fmt::format("map {}", safe_text(table_.map)), elements.error()), Status{};
    if (elements->count == 0) return {};
    StackOwners owners = learnt_owners();
    context_.sink.line(fmt::format("\n{}:", safe_text(table_.map)));
    for (size_t i = 0; i < elements->count; ++i) {
      auto id = static_cast<int32_t>(unsigned_at(elements->key(i), sizeof(int32_t)));
      int pid = owners.pid_of(id);
      label_.put(context_.sink, MapStackRecord(id, pid, frames(elements->value(i), pid)));
    }
    return {};
  }

 private:
  // Maps that cannot be read say so where they are shown.
  StackOwners learnt_owners() {
    StackOwners owners(context_.spec());
    for (const Table& table : context_.tool.tables) {
      if (!table.as_entries) continue;
      Result<const spec::Map*> map = context_.source.map(table.map);
      Result<Elements> elements = context_.source.elements(table.map);
      if (map && elements) owners.learn(**map, *elements);
    }
    return owners;
  }

  std::vector<std::string> frames(std::string_view stack, int pid) {
    Frames frames(context_.formats, pid);
    bool by_build_id = (map_->flags & BPF_F_STACK_BUILD_ID) != 0;
    return by_build_id ? frames.of_build_ids(stack) : frames.of_addresses(stack);
  }

  RunContext& context_;
  const Table& table_;
  MapLabel label_;
  const spec::Map* map_ = nullptr;
};

}  // namespace

std::unique_ptr<View> make_stack_map(RunContext& context, const Table& table) {
  return std::make_unique<StackMapView>(context, table);
}

}  // namespace sonde::tool
