// `sonde tplist`: tracepoints, raw tracepoints, functions and structs of the kernel.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/standard_output.h"
#include "cmd/tplist.h"
#include "kernel/btf_layout.h"
#include "kernel/functions.h"
#include "kernel/kallsyms.h"
#include "kernel/probe_functions.h"
#include "kernel/prototypes.h"
#include "kernel/tracefs.h"
#include "probes/parse.h"
#include "probes/targets.h"

namespace sonde::cmd::tplist {
namespace {

using kernel::Btf;
using nlohmann::ordered_json;

bool matches(const Options& options, std::string_view name) {
  return options.filter.empty() || probes::matches_wildcard(options.filter, name);
}

// Tracepoints.

std::string field_text(const kernel::FormatField& field, bool with_offset) {
  std::string text = fmt::format("    {};", field.declaration);
  return with_offset ? fmt::format("{:<44} /* offset {}, size {} */\n", text, field.offset, field.size) : text + "\n";
}

bool is_common(const kernel::FormatField& field) { return field.name.starts_with("common_"); }

std::string_view print_format(std::string_view text) {
  size_t at = text.find("print fmt: ");
  return at == text.npos ? "" : text.substr(at, text.find('\n', at) - at);
}

Status put_tracepoint(const Options& options, const kernel::Tracefs& tracefs, const std::string& name) {
  if (options.verbosity == 0 && !options.as_json) return base::put(name + "\n"), Status{};
  auto text = tracefs.format_text(name);
  if (!text && text.error().kind == ErrorKind::kNotFound) return {};  // its module was unloaded meanwhile
  RETURN_IF_ERROR(text);
  ASSIGN_OR_RETURN(kernel::EventFormat format, kernel::parse_format(*text));
  ordered_json fields = ordered_json::array();
  std::string lines = name + "\n";
  for (const kernel::FormatField& each : format.fields) {
    if (is_common(each)) continue;
    lines += field_text(each, options.verbosity > 1);
    fields.push_back({{"name", each.name},
                      {"type", each.type},
                      {"offset", each.offset},
                      {"size", each.size},
                      {"signed", each.is_signed}});
  }
  if (options.verbosity > 1) lines += fmt::format("    id: {}\n    {}\n", format.id, print_format(*text));
  options.as_json ? put_json({{"name", name}, {"id", format.id}, {"fields", fields}}) : base::put(lines);
  return {};
}

void offer_tracepoints(const kernel::Tracefs& tracefs, const std::function<void(std::string_view)>& offer) {
  for (const std::string& category : tracefs.list("events").value_or(std::vector<std::string>{})) {
    auto events = tracefs.list("events/" + category);
    if (!events) continue;
    for (const std::string& event : *events) offer(fmt::format("{}:{}", category, event));
  }
}

// Functions.

std::set<std::string, std::less<>> names_of(const std::vector<kernel::ProbeFunction>& functions,
                                            const std::string& module) {
  std::set<std::string, std::less<>> names;
  for (const kernel::ProbeFunction& each : functions) {
    if (each.module == module) names.insert(each.name);
  }
  return names;
}

// By module. A kernel without BTF still has functions: their names are listed, and why they are bare is said. Modules
// may be built without it.
std::map<std::string, kernel::Prototypes> prototypes_of(const std::vector<kernel::ProbeFunction>& functions) {
  std::map<std::string, kernel::Prototypes> all;
  for (const kernel::ProbeFunction& each : functions) all.try_emplace(each.module);
  for (auto& [module, prototypes] : all) {
    auto btf = kernel::running_btf(module);
    if (btf) prototypes = kernel::prototypes_of(**btf, names_of(functions, module));
    else if (module.empty()) std::fprintf(stderr, "tplist: no prototypes: %s\n", btf.error().what.c_str());
  }
  return all;
}

ordered_json function_json(const kernel::ProbeFunction& function, const std::string* prototype) {
  ordered_json record = {
      {"name", function.name}, {"module", nullptr}, {"address", function.address}, {"prototype", nullptr}};
  if (!function.module.empty()) record["module"] = function.module;
  if (prototype) record["prototype"] = *prototype;
  return record;
}

void put_function(const Options& options, const kernel::ProbeFunction& function, const std::string* prototype,
                  std::string& text) {
  if (options.as_json) return put_json(function_json(function, prototype));
  if (options.verbosity > 0) text += fmt::format("{:#x} ", function.address);
  text += prototype ? *prototype : function.name;
  if (!function.module.empty()) text += fmt::format(" [{}]", function.module);
  text += '\n';
}

void say_left_out(const kernel::ProbeFunctions& found) {
  for (size_t i = 0; i < kernel::kNoProbeReasons; i++) {
    const auto& [count, example] = found.left_out[i];
    if (count == 0) continue;
    std::string reason(kernel::phrase_of(static_cast<kernel::NoProbe>(i)));
    std::fprintf(stderr, "tplist: left out: %zu %s (for example %s)\n", count, reason.c_str(), example.c_str());
  }
}

tl::unexpected<Error> no_function(const Options& options, const kernel::ProbeFunctions& found) {
  for (size_t i = 0; i < kernel::kNoProbeReasons; i++) {
    if (found.left_out[i].count == 0) continue;
    std::string reason(kernel::phrase_of(static_cast<kernel::NoProbe>(i)));
    return base::fail(ErrorKind::kNotFound,
                      fmt::format("no function of the kernel that matches {} can be probed: {} ({})", options.filter,
                                  found.left_out[i].example, reason));
  }
  auto offer_all = [](const std::function<void(std::string_view)>& offer) {
    auto symbols = kernel::Kallsyms::running();
    for (size_t i = 0; symbols && i < (*symbols)->size(); i++) {
      kernel::Kallsyms::Symbol each = (**symbols)[i];
      if (kernel::is_function_type(each.type) && each.module != "bpf") offer(each.name);
    }
  };
  return nothing_matches("function of the kernel", options.filter, offer_all, "sonde tplist -k lists them");
}

// BTF: of a file, or of the kernel and its modules.

using OneBtf = std::pair<std::string, std::shared_ptr<const Btf>>;  // with the module's name

Result<std::vector<OneBtf>> all_btf(const Options& options) {
  std::vector<OneBtf> all;
  if (!options.btf_file.empty()) {
    ASSIGN_OR_RETURN(std::shared_ptr<const Btf> btf, Btf::open(options.btf_file));
    all.emplace_back("", std::move(btf));
    return all;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Btf> btf, kernel::running_btf());
  all.emplace_back("", std::move(btf));
  for (const std::string& module : kernel::modules_with_btf()) {
    if (auto of_module = kernel::running_btf(module)) all.emplace_back(module, std::move(*of_module));
  }
  return all;
}

void put_raw(const Options& options, const kernel::RawTracepoint& each, const std::string& module) {
  std::string text = fmt::format("{}({})", each.name, each.parameters.empty() ? "void" : each.parameters);
  if (!options.as_json) return put_safe(fmt::format("{}{}\n", text, module.empty() ? "" : " [" + module + "]"));
  ordered_json record = {{"name", each.name}, {"module", nullptr}, {"prototype", text}};
  if (!module.empty()) record["module"] = module;
  put_json(record);
}

// Structs.

ordered_json layout_json(const kernel::RecordLayout& record);

ordered_json member_json(const kernel::MemberLayout& member) {
  ordered_json one = {
      {"name", member.name}, {"declaration", member.declaration.text()}, {"offset", member.bit_offset / 8}};
  if (member.is_bit_field) one.update({{"bit", member.bit_offset % 8}, {"bits", member.bits}});
  else one["size"] = member.bits / 8;
  for (const kernel::RecordLayout& inner : member.record) one["members"] = layout_json(inner)["members"];
  return one;
}

ordered_json layout_json(const kernel::RecordLayout& record) {
  ordered_json members = ordered_json::array(), holes = ordered_json::array();
  for (const kernel::MemberLayout& each : record.members) members.push_back(member_json(each));
  for (const kernel::Hole& each : record.holes)
    holes.push_back({{"offset", each.bit_offset / 8}, {"bit", each.bit_offset % 8}, {"bits", each.bits}});
  return {
      {"kind", record.keyword}, {"name", record.name}, {"size", record.size}, {"members", members}, {"holes", holes}};
}

bool is_layout_kind(uint32_t kind) {
  return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_TYPEDEF;
}

// A typedef counts where it is the only name that the record has.
bool has_layout(const Btf& btf, const btf_type* type) {
  if (!is_layout_kind(Btf::kind(type)) || btf.name(type).empty()) return false;
  if (Btf::kind(type) != BTF_KIND_TYPEDEF) return true;
  const btf_type* meant = btf.type(btf.resolve(type->type));
  return meant && Btf::kind(meant) != BTF_KIND_TYPEDEF && is_layout_kind(Btf::kind(meant)) && btf.name(meant).empty();
}

// "struct file", "union sigval" and "file" ask for the same names; the keyword chooses among kinds.
struct WantedRecord {
  explicit WantedRecord(const std::string& text) : pattern(text) {
    for (auto [keyword, only] : {std::pair("struct ", BTF_KIND_STRUCT), std::pair("union ", BTF_KIND_UNION)}) {
      if (!text.starts_with(keyword)) continue;
      pattern = text.substr(std::string_view(keyword).size());
      kind = static_cast<uint32_t>(only);
    }
  }
  bool matches(const Btf& btf, const btf_type* type) const {
    return (kind == 0 || Btf::kind(type) == kind) && probes::matches_wildcard(pattern, btf.name(type)) &&
           has_layout(btf, type);
  }
  std::string pattern;
  uint32_t kind = 0;
};

// A typedef that is asked for by name may have a record behind it that has a name of its own.
uint32_t named_typedef(const Btf& btf, const WantedRecord& wanted) {
  uint32_t id = wanted.kind == 0 ? btf.find(BTF_KIND_TYPEDEF, wanted.pattern) : 0;
  return id && kernel::layout_of(btf, id) ? id : 0;
}

std::vector<uint32_t> records_of(const Btf& btf, const WantedRecord& wanted) {
  std::vector<uint32_t> ids;
  for (uint32_t id = btf.first_id(); id < btf.end_id(); id++) {
    if (wanted.matches(btf, btf.type(id))) ids.push_back(id);
  }
  if (uint32_t id = ids.empty() ? named_typedef(btf, wanted) : 0) ids.push_back(id);
  std::stable_sort(ids.begin(), ids.end(),
                   [&](uint32_t a, uint32_t b) { return btf.name(btf.type(a)) < btf.name(btf.type(b)); });
  return ids;
}

}  // namespace

Result<int> list_tracepoints(const Options& options) {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  auto wanted = probes::parse_listing(options.filter, {.tool = probes::Tool::kTplist});
  auto found = probes::find_tracepoints(*wanted);
  if (!found && found.error().kind != ErrorKind::kNotFound)
    return base::fail(found.error().kind, found.error().message, found.error().hint);
  if (!found) {
    auto offer_all = [&](const std::function<void(std::string_view)>& offer) { offer_tracepoints(*tracefs, offer); };
    Error none = nothing_matches("tracepoint", options.filter, offer_all, "sonde tplist lists them").value();
    none.what = found.error().message;  // which may say that they cannot be attached to
    return tl::unexpected(std::move(none));
  }
  for (const probes::Target& each : found->targets) RETURN_IF_ERROR(put_tracepoint(options, *tracefs, each.name));
  return 0;
}

Result<int> list_kernel_functions(const Options& options) {
  auto is_wanted = [&](std::string_view name, std::string_view) { return matches(options, name); };
  ASSIGN_OR_RETURN(kernel::ProbeFunctions found, kernel::probe_functions(is_wanted));
  if (options.verbosity > 0) say_left_out(found);
  if (found.functions.empty()) return no_function(options, found);
  std::sort(found.functions.begin(), found.functions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  auto prototypes = prototypes_of(found.functions);
  std::string text;
  for (const kernel::ProbeFunction& each : found.functions) {
    const kernel::Prototypes& known = prototypes[each.module];
    auto own = known.find(each.name);
    if (own == known.end()) put_function(options, each, nullptr, text);
    else
      for (const std::string& one : own->second) put_function(options, each, &one, text);
  }
  base::put(text);
  return 0;
}

Result<int> list_raw_tracepoints(const Options& options) {
  ASSIGN_OR_RETURN(std::vector<OneBtf> all, all_btf(options));
  bool any = false;
  std::vector<std::string> names;
  for (const auto& [module, btf] : all) {
    for (const kernel::RawTracepoint& each : kernel::raw_tracepoints_of(*btf)) {
      names.push_back(each.name);
      if (!matches(options, each.name)) continue;
      any = true;
      put_raw(options, each, module);
    }
  }
  if (any) return 0;
  auto offer_all = [&](const std::function<void(std::string_view)>& offer) { std::ranges::for_each(names, offer); };
  return nothing_matches("raw tracepoint", options.filter, offer_all, "sonde tplist --raw lists them");
}

Result<int> list_layouts(const Options& options) {
  ASSIGN_OR_RETURN(std::vector<OneBtf> all, all_btf(options));
  WantedRecord wanted(options.record);
  bool any = false;
  for (const auto& [module, btf] : all) {
    for (uint32_t id : records_of(*btf, wanted)) {
      ASSIGN_OR_RETURN(kernel::RecordLayout record, kernel::layout_of(*btf, id));
      if (options.as_json) put_json(layout_json(record));
      else put_safe(fmt::format("{}{}", any ? "\n" : "", kernel::layout_text(record)));
      any = true;
    }
  }
  if (any) return 0;
  auto offer_all = [&](const std::function<void(std::string_view)>& offer) {
    for (const auto& [module, btf] : all) {
      for (uint32_t id = btf->first_id(); id < btf->end_id(); id++) {
        if (has_layout(*btf, btf->type(id))) offer(btf->name(btf->type(id)));
      }
    }
  };
  return nothing_matches("struct or union", wanted.pattern, offer_all, "");
}

}  // namespace sonde::cmd::tplist
