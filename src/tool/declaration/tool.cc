// What a tool's C file declares, read out of the spec.
#include "tool/declaration/tool.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>

#include "base/version.h"
#include "tool/declaration/names.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using spec::Annotation;
using spec::Declaration;

const std::string& word(const Annotation& annotation, size_t at) {
  static const std::string kNone;
  return at < annotation.words.size() ? annotation.words[at] : kNone;
}

int number(const Annotation& annotation, size_t at) { return std::atoi(word(annotation, at).c_str()); }

Range range_of(const Annotation& annotation) {
  return {std::strtoll(word(annotation, 0).c_str(), nullptr, 10),
          std::strtoull(word(annotation, 1).c_str(), nullptr, 10)};
}

Conditions conditions_of(const std::vector<Annotation>& annotations) {
  Conditions conditions;
  for (const Annotation& annotation : annotations) {
    if (annotation.kind == "if" || annotation.kind == "unless")
      conditions.push_back({word(annotation, 0), annotation.kind == "if"});
  }
  return conditions;
}

// What an annotation changes in T, by the annotation's kind.
template <typename T>
using Changes = std::map<std::string_view, void (*)(T&, const Annotation&)>;

template <typename T>
void apply(const Changes<T>& changes, const std::vector<Annotation>& annotations, T& changed) {
  for (const Annotation& annotation : annotations) {
    if (auto found = changes.find(annotation.kind); found != changes.end()) found->second(changed, annotation);
  }
}

const Changes<ColumnStyle>& style_changes() {
  using S = ColumnStyle&;
  using N = const Annotation&;
  static const Changes<ColumnStyle> kChanges = {
      {"column", [](S style, N annotation) { style.title = word(annotation, 0), style.width = number(annotation, 1); }},
      {"unit", [](S style, N annotation) { style.unit = word(annotation, 0); }},
      {"digits", [](S style, N annotation) { style.digits = number(annotation, 0); }},
      {"cut", [](S style, N annotation) { style.cut = static_cast<size_t>(number(annotation, 0)); }},
      {"per_second", [](S style, N) { style.per_second = true; }},
      {"before", [](S style, N annotation) { style.before = word(annotation, 0); }},
      {"after", [](S style, N annotation) { style.after = word(annotation, 0); }},
      {"width_if",
       [](S style, N annotation) { style.widths.emplace_back(word(annotation, 0), number(annotation, 1)); }},
      {"above", [](S, N) {}},  // read by views/stacks.cc
      {"below", [](S, N) {}},
  };
  return kChanges;
}

const Changes<ToolOption>& option_changes() {
  using O = ToolOption&;
  using N = const Annotation&;
  static const Changes<ToolOption> kChanges = {
      {"excludes", [](O option, N annotation) { option.excludes.push_back(word(annotation, 0)); }},
      {"value", [](O option, N annotation) { option.value_word = word(annotation, 0); }},
      {"matching", [](O option, N annotation) { option.matching = word(annotation, 0); }},
      {"optional_value", [](O option, N annotation) { option.optional_value = word(annotation, 0); }},
      {"entries_of", [](O option, N annotation) { option.sized_map = word(annotation, 0); }},
      {"pages_of", [](O option, N annotation) { option.sized_map = word(annotation, 0), option.is_in_pages = true; }},
      {"lists", [](O option, N annotation) { option.listed_type = word(annotation, 0); }},
      {"settings", [](O option, N annotation) { option.words = annotation.words; }},
      {"range", [](O option, N annotation) { option.range = range_of(annotation); }},
      {"at_most", [](O option, N annotation) { option.at_most = word(annotation, 0); }},
  };
  return kChanges;
}

const Changes<HookCondition>& hook_changes() {
  static const Changes<HookCondition> kChanges = {
      {"optional", [](HookCondition& hook, const Annotation&) { hook.is_optional = true; }},
      {"unpreempted", [](HookCondition& hook, const Annotation&) { hook.is_unpreempted = true; }},
  };
  return kChanges;
}

ColumnStyle style_of(const std::vector<Annotation>& annotations) {
  ColumnStyle style{.conditions = conditions_of(annotations)};
  apply(style_changes(), annotations, style);
  return style;
}

// Of objects that name programs by their functions: a set is names with blanks between them.
Alternatives named_alternatives(const Annotation& annotation) {
  Alternatives alternatives;
  for (size_t i = 0; i < annotation.words.size(); ++i) {
    std::istringstream names(annotation.words[i]);
    alternatives.sets[static_cast<int>(i)].assign(std::istream_iterator<std::string>(names), {});
  }
  return alternatives;
}

template <typename View>
View* find_view(std::vector<View>& views, const std::string& map) {
  auto found = std::find_if(views.begin(), views.end(), [&](const View& view) { return view.map == map; });
  return found == views.end() ? nullptr : &*found;
}

// Reads one declaration after the other into a tool.
class Reader {
 public:
  Reader(Tool& tool) : tool_(tool) {}

  Status read(const Declaration& declaration) {
    for (const Annotation& annotation : declaration.annotations) RETURN_IF_ERROR(read(declaration, annotation));
    if (is_hook(declaration)) tool_.hooks.push_back(hook_terms(declaration));
    return {};
  }

  static bool knows(const std::string& kind) { return readers().contains(kind); }

 private:
  using Read = std::function<void(Reader&, const Declaration&, const Annotation&)>;

  static const std::map<std::string, Read>& readers();

  Status read(const Declaration& declaration, const Annotation& annotation) {
    auto reader = readers().find(annotation.kind);
    if (reader != readers().end()) reader->second(*this, declaration, annotation);
    if (!unknown_.empty()) {
      return base::fail(ErrorKind::kInvalid,
                        fmt::format("the tool speaks of {}, which is declared nowhere before", unknown_));
    }
    return {};
  }

  bool is_hook(const Declaration& declaration) const { return declaration.type == 0; }

  HookCondition hook_terms(const Declaration& declaration) const {
    HookCondition terms{declaration.name, conditions_of(declaration.annotations)};
    apply(hook_changes(), declaration.annotations, terms);
    return terms;
  }

  void add_option(const Declaration& declaration, const Annotation& annotation, bool is_argument) {
    ToolOption option;
    option.name = declaration.name;
    option.type = declaration.type;
    option.is_argument = is_argument;
    if (!is_argument) option.letter = static_cast<char>(number(annotation, 0));
    option.long_name = word(annotation, is_argument ? 0 : 1);
    option.help = word(annotation, is_argument ? 1 : 2);
    apply(option_changes(), declaration.annotations, option);
    tool_.options.push_back(std::move(option));
  }

  // What is no hook stands for a set without programs.
  void add_alternative(const Declaration& declaration, const Annotation& annotation) {
    auto& all = tool_.alternatives;
    auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == word(annotation, 0); });
    if (found == all.end()) found = all.insert(all.end(), {.name = word(annotation, 0)});
    std::vector<std::string>& set = found->sets[number(annotation, 1)];
    if (is_hook(declaration)) set.push_back(declaration.name);
  }

  template <typename View, typename Change>
  void change(std::vector<View>& views, const Annotation& annotation, Change apply) {
    if (View* view = find_view(views, word(annotation, 0))) return apply(*view);
    unknown_ = word(annotation, 0);
  }

  Tool& tool_;
  std::string unknown_;
};

const std::map<std::string, Reader::Read>& Reader::readers() {
  using D = const Declaration&;
  using N = const Annotation&;
  static const Read probe = [](Reader& r, D d, N n) {
    r.tool_.probes.push_back({d.name, n.kind, {word(n, 0), word(n, 1), word(n, 2)}});
  };
  static const std::map<std::string, Read> kReaders = {
      {"tool", [](Reader& r, D, N n) { r.tool_.summary = word(n, 0); }},
      {"intro", [](Reader& r, D, N n) { r.tool_.intro.push_back(word(n, 0)); }},
      {"heading", [](Reader& r, D, N n) { r.tool_.headings.push_back({word(n, 0), word(n, 1)}); }},
      {"interval", [](Reader& r, D, N n) { r.tool_.interval = static_cast<unsigned>(number(n, 0)); }},
      {"interval_is_option", [](Reader& r, D, N) { r.tool_.interval = 0, r.tool_.interval_is_option = true; }},
      {"duration",
       [](Reader& r, D, N n) {
         r.tool_.has_duration = true;
         if (!n.words.empty()) r.tool_.duration = number(n, 0);
       }},
      {"clears_screen", [](Reader& r, D, N) { r.tool_.clears_screen = true; }},
      {"filters", [](Reader& r, D, N n) { r.tool_.has_filters = word(n, 0) != "none"; }},
      {"of_one_process", [](Reader& r, D, N) { r.tool_.is_of_one_process = true; }},
      {"used_if", [](Reader& r, D, N n) { r.tool_.map_uses.push_back({word(n, 0), {word(n, 1), true}}); }},
      {"used_unless", [](Reader& r, D, N n) { r.tool_.map_uses.push_back({word(n, 0), {word(n, 1), false}}); }},
      {"kernel_address", [](Reader& r, D d, N n) { r.tool_.kernel_addresses.emplace_back(d.name, word(n, 0)); }},
      {"own_shape",
       [](Reader& r, D d, N) {
         r.tool_.has_custom_view = true, r.tool_.custom_view_conditions = conditions_of(d.annotations);
       }},
      {"command_letter", [](Reader& r, D, N n) { r.tool_.command_letter = static_cast<char>(number(n, 0)); }},
      {"output_letter",
       [](Reader& r, D, N n) { r.tool_.output_letters.emplace_back(word(n, 1), static_cast<char>(number(n, 0))); }},
      {"notes", [](Reader& r, D, N n) { r.tool_.notes.push_back(word(n, 0)); }},
      {"overhead", [](Reader& r, D, N n) { r.tool_.overhead.push_back(word(n, 0)); }},
      {"session", [](Reader& r, D, N n) { r.tool_.sessions.push_back({word(n, 0), word(n, 1)}); }},
      {"example", [](Reader& r, D, N n) { r.tool_.examples.push_back({word(n, 0), word(n, 1)}); }},
      {"option", [](Reader& r, D d, N n) { r.add_option(d, n, false); }},
      {"argument", [](Reader& r, D d, N n) { r.add_option(d, n, true); }},
      {"filter", [](Reader&, D, N) {}},  // settings/filter.cc finds it by its name
      {"alternative", [](Reader& r, D d, N n) { r.add_alternative(d, n); }},
      {"either", [](Reader& r, D, N n) { r.tool_.alternatives.push_back(named_alternatives(n)); }},
      {"rows",
       [](Reader& r, D d, N n) { r.tool_.rows.push_back({word(n, 0), d.type, conditions_of(d.annotations), ""}); }},
      {"table", [](Reader& r, D d,
                   N n) { r.tool_.tables.push_back({.map = word(n, 0), .conditions = conditions_of(d.annotations)}); }},
      {"line", [](Reader& r, D, N n) { r.change(r.tool_.rows, n, [&](Rows& rows) { rows.line = word(n, 1); }); }},
      {"histogram",
       [](Reader& r, D d, N n) {
         r.tool_.histograms.push_back({.map = word(n, 0), .unit = word(n, 1), .is_linear = word(n, 2) == "linear"});
         r.tool_.histograms.back().conditions = conditions_of(d.annotations);
       }},
      {"probes_argument",
       [](Reader& r, D, N n) { r.tool_.probes_argument = {word(n, 0), word(n, 1), word(n, 2), ""}; }},
      {"probes_regex_if",
       [](Reader& r, D, N n) {
         if (r.tool_.probes_argument) r.tool_.probes_argument->regex_option = word(n, 0);
         else r.unknown_ = word(n, 0);
       }},
      {"per_probe", [](Reader& r, D, N n) { r.tool_.per_probe_maps.push_back(word(n, 0)); }},
      {"probes", probe},
      {"kprobe", probe},
      {"raw_tracepoint", probe},
      {"uprobe", probe},
      {"uretprobe", probe},
      {"sample", probe},
      {"cycles", probe},
      {"counter", probe},
      {"computed",
       [](Reader& r, D d, N n) {
         ColumnStyle style = style_of(d.annotations);
         style.title = word(n, 1), style.width = number(n, 2), style.digits = number(n, 3);
         r.change(r.tool_.tables, n, [&](Table& table) { table.computed.push_back({style, word(n, 4)}); });
       }},
      {"sorted_by",
       [](Reader& r, D, N n) {
         r.change(r.tool_.tables, n, [&](Table& table) { table.orders.push_back({{word(n, 1)}, word(n, 2)}); });
       }},
      {"sorted_up_by",
       [](Reader& r, D, N n) {
         r.change(r.tool_.tables, n, [&](Table& table) { table.orders.push_back({{word(n, 1)}, word(n, 2), true}); });
       }},
      {"sorted_by_choice",
       [](Reader& r, D, N n) {
         auto first = n.words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(n.words));
         std::vector<std::string> expressions(first, n.words.end());
         r.change(r.tool_.tables, n, [&](Table& table) { table.orders.push_back({expressions, word(n, 1)}); });
       }},
      {"without_header",
       [](Reader& r, D, N n) { r.change(r.tool_.tables, n, [](Table& table) { table.has_header = false; }); }},
      {"summary",
       [](Reader& r, D, N n) { r.change(r.tool_.tables, n, [&](Table& table) { table.summary = word(n, 1); }); }},
      {"limited_by",
       [](Reader& r, D, N n) { r.change(r.tool_.tables, n, [&](Table& table) { table.limit = word(n, 1); }); }},
      {"as_stacks",
       [](Reader& r, D, N n) { r.change(r.tool_.tables, n, [&](Table& table) { table.as_stacks = true; }); }},
      {"unit_if",
       [](Reader& r, D, N n) {
         r.change(r.tool_.histograms, n,
                  [&](Histogram& histogram) { histogram.units.emplace_back(word(n, 2), word(n, 1)); });
       }},
      {"average_if",
       [](Reader& r, D, N n) {
         r.change(r.tool_.histograms, n, [&](Histogram& histogram) { histogram.average_option = word(n, 1); });
       }},
  };
  return kReaders;
}

// An annotation that nothing here reads comes from a later sonde, or from a tool that does without tool.h's macros.
class KnownAnnotations {
 public:
  explicit KnownAnnotations(const spec::Spec& spec) : spec_(spec) {}

  Status check() const {
    for (const Declaration& declaration : spec_.declarations) {
      for (const Annotation& annotation : declaration.annotations) {
        if (!is_known_of_declaration(annotation.kind)) return unknown(annotation, subject_of(declaration, annotation));
      }
    }
    for (const spec::Type& type : spec_.types) {
      for (const spec::Field& field : type.fields) RETURN_IF_ERROR(check_field(type, field));
    }
    return {};
  }

 private:
  static bool is_condition(const std::string& kind) { return kind == "if" || kind == "unless"; }
  static bool is_known_of_field(const std::string& kind) {
    return style_changes().contains(kind) || is_condition(kind);
  }
  static bool is_known_of_declaration(const std::string& kind) {
    return Reader::knows(kind) || is_known_of_field(kind) || option_changes().contains(kind) ||
           hook_changes().contains(kind);
  }

  Status check_field(const spec::Type& type, const spec::Field& field) const {
    for (const Annotation& annotation : field.annotations) {
      if (is_known_of_field(annotation.kind)) continue;
      return unknown(annotation, type.name.empty() ? field.name : fmt::format("{}.{}", type.name, field.name));
    }
    return {};
  }

  // What is said of a map hangs on a declaration beside it, and what is said of the tool on one that has no name.
  std::string subject_of(const Declaration& declaration, const Annotation& annotation) const {
    bool is_of_map = std::any_of(spec_.maps.begin(), spec_.maps.end(),
                                 [&](const spec::Map& map) { return map.name == word(annotation, 0); });
    if (is_of_map) return word(annotation, 0);
    return declaration.name.starts_with("sonde_says_") ? "" : declaration.name;
  }

  Status unknown(const Annotation& annotation, const std::string& subject) const {
    std::string of = subject.empty() ? "" : fmt::format(" of \"{}\"", safe_text(subject));
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("this object says \"{}\"{}, which sonde {} does not know", safe_text(annotation.kind),
                                  of, base::kVersion),
                      hint());
  }

  std::string hint() const {
    if (spec_.made_by.empty()) return "it does not say which sonde made it: compile the tool again with this one";
    if (spec_.made_by == base::kVersion) return "a tool says what the macros of tool.h say, and nothing else";
    return fmt::format("it was made by sonde {}: use that version or a later one", safe_text(spec_.made_by));
  }

  const spec::Spec& spec_;
};

Status check_alternatives(const Alternatives& alternatives) {
  if (alternatives.name.empty() || (alternatives.sets.size() > 1 && alternatives.sets.begin()->first == 0)) return {};
  return base::fail(
      ErrorKind::kInvalid,
      fmt::format("the alternatives {} have no {}", alternatives.name,
                  alternatives.sets.size() > 1 || alternatives.sets.begin()->first ? "EITHER" : "OR_ELSE"));
}

// A struct is the list that LIST_OPTION declares: its length and an array.
Status check_type(const spec::Spec& spec, const ToolOption& option) {
  if (!option.is_list(spec)) return {};
  const std::vector<spec::Field>& fields = spec.types[option.type].fields;
  bool is_list = fields.size() == 2 && spec.types[fields[1].type].kind == spec::TypeKind::kArray &&
                 fields[1].offset_bits >= 32 && fields[1].offset_bits <= 64;
  if (is_list) return {};
  return base::fail(ErrorKind::kInvalid, fmt::format("the option {} is a struct", safe_text(option.name)),
                    "LIST_OPTION declares an option of several values");
}

}  // namespace

bool is_tool(const spec::Spec& spec) {
  return std::any_of(spec.declarations.begin(), spec.declarations.end(), [](const Declaration& declaration) {
    return std::any_of(declaration.annotations.begin(), declaration.annotations.end(),
                       [](const Annotation& annotation) { return annotation.kind == "tool"; });
  });
}

Result<Tool> read_tool(const spec::Spec& spec, const std::string& name) {
  RETURN_IF_ERROR(KnownAnnotations(spec).check());
  Tool tool;
  tool.name = name;
  Reader reader(tool);
  for (const Declaration& declaration : spec.declarations) RETURN_IF_ERROR(reader.read(declaration));
  for (const Alternatives& each : tool.alternatives) RETURN_IF_ERROR(check_alternatives(each));
  for (const ToolOption& option : tool.options) RETURN_IF_ERROR(check_type(spec, option));
  RETURN_IF_ERROR(check_names(spec, tool));
  return tool;
}

std::vector<spec::Field> fields_of(const spec::Spec& spec, spec::TypeId record) {
  std::vector<spec::Field> fields;
  for (const spec::Field& field : spec.types[record].fields) {
    if (!field.name.empty() || spec.types[field.type].fields.empty()) {
      fields.push_back(field);
      continue;
    }
    for (spec::Field& inner : fields_of(spec, field.type)) {
      inner.offset_bits += field.offset_bits;
      fields.push_back(std::move(inner));
    }
  }
  return fields;
}

ColumnStyle column_style(const spec::Field& field) { return style_of(field.annotations); }

std::vector<ColumnField> columns_of(const spec::Spec& spec, spec::TypeId record) {
  std::vector<ColumnField> columns;
  for (spec::Field& field : fields_of(spec, record)) {
    ColumnStyle style = column_style(field);
    if (!style.title.empty()) columns.push_back({std::move(style), std::move(field)});
  }
  return columns;
}

const ToolOption* find_option(const Tool& tool, std::string_view name) {
  auto found =
      std::find_if(tool.options.begin(), tool.options.end(), [&](const ToolOption& each) { return each.name == name; });
  return found == tool.options.end() ? nullptr : &*found;
}

}  // namespace sonde::tool
