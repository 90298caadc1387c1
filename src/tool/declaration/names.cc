#include "tool/declaration/names.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernel/suggestion.h"
#include "tool/text/expression.h"
#include "tool/text/template_parts.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

constexpr unsigned kMaxDepth = 50;  // of braces within braces

// What can be named in one kind of place.
class Names {
 public:
  Names(std::string noun, std::initializer_list<std::string_view> names) : noun_(std::move(noun)) {
    for (std::string_view name : names) add(name);
  }

  void add(std::string_view name) { known_.emplace(name); }
  bool has(std::string_view name) const { return known_.contains(name); }

  // `where`: "INTRO", "SUMMARY of counts".
  Status check(const std::string& where, std::string_view name) const {
    if (has(name)) return {};
    kernel::Suggestion nearest(name);
    for (const std::string& known : known_) nearest.offer(known);
    return base::fail(
        ErrorKind::kInvalid,
        safe_text(fmt::format("{}: unknown {} {}{}", where, noun_, name, kernel::suggestion_phrase(nearest.best()))),
        known_.empty() ? "" : safe_text(fmt::format("known here: {}", fmt::join(known_, ", "))));
  }

 private:
  std::string noun_;
  std::set<std::string, std::less<>> known_;
};

class NameCheck {
 public:
  NameCheck(const spec::Spec& spec, const Tool& tool) : spec_(spec), tool_(tool) {
    for (const ToolOption& option : tool.options) {
      for (Names* names : {&options_, &switches_, &conditions_, &words_}) names->add(option.name);
    }
    if (!tool.probes_argument) return;
    words_.add("probes");
    words_.add("probe_count");
  }

  Status check() const {
    RETURN_IF_ERROR(check_texts());
    RETURN_IF_ERROR(check_options());
    RETURN_IF_ERROR(check_hooks());
    for (const Rows& rows : tool_.rows) RETURN_IF_ERROR(check_rows(rows));
    for (const Table& table : tool_.tables) RETURN_IF_ERROR(check_table(table));
    for (const Histogram& histogram : tool_.histograms) RETURN_IF_ERROR(check_histogram(histogram));
    for (const MapUse& use : tool_.map_uses) RETURN_IF_ERROR(check_conditions({use.condition}, use.map));
    for (const spec::Type& type : spec_.types) {
      for (const spec::Field& field : type.fields) RETURN_IF_ERROR(check_style(column_style(field), field.name));
    }
    return {};
  }

 private:
  Status check_texts() const {
    for (const std::string& line : tool_.intro) RETURN_IF_ERROR(check_template("INTRO", line));
    for (const Heading& heading : tool_.headings) {
      RETURN_IF_ERROR(check_template("HEADING", heading.text));
      if (!heading.option.empty()) RETURN_IF_ERROR(switches_.check("HEADING_IF", heading.option));
    }
    return check_conditions(tool_.custom_view_conditions, "OWN_SHAPE");
  }

  // "{option}", "{option?text}" and "{!option?text}", where the text is another template.
  Status check_template(const std::string& where, std::string_view text, unsigned depth = 0) const {
    if (depth > kMaxDepth) return base::fail(ErrorKind::kInvalid, fmt::format("{}: braces are nested too deep", where));
    for (const TemplatePart& part : template_parts(text)) {
      if (!part.is_word) continue;
      size_t question = part.text.find('?');
      if (question == std::string_view::npos) {
        RETURN_IF_ERROR(words_.check(where, part.text));
        continue;
      }
      size_t begin = part.text.starts_with('!') ? 1 : 0;
      RETURN_IF_ERROR(conditions_.check(where, part.text.substr(begin, question - begin)));
      RETURN_IF_ERROR(check_template(where, part.text.substr(question + 1), depth + 1));
    }
    return {};
  }

  Status check_options() const {
    for (const ToolOption& option : tool_.options) {
      for (const std::string& other : option.excludes)
        RETURN_IF_ERROR(options_.check(fmt::format("EXCLUDES of {}", option.name), other));
      if (!option.at_most.empty())
        RETURN_IF_ERROR(options_.check(fmt::format("AT_MOST of {}", option.name), option.at_most));
      if (!option.matching.empty()) RETURN_IF_ERROR(check_matching(option));
    }
    if (!tool_.probes_argument || tool_.probes_argument->regex_option.empty()) return {};
    return switches_.check(tool_.probes_argument->word, tool_.probes_argument->regex_option);
  }

  Status check_matching(const ToolOption& option) const {
    Names columns("column", {});
    for (const Rows& rows : tool_.rows) {
      for (const ColumnField& column : columns_of(spec_, rows.row)) columns.add(column.field.name);
    }
    return columns.check(fmt::format("MATCHING of {}", option.name), option.matching);
  }

  Status check_hooks() const {
    for (const HookCondition& hook : tool_.hooks) RETURN_IF_ERROR(check_conditions(hook.conditions, hook.program));
    for (const Probe& probe : tool_.probes) RETURN_IF_ERROR(check_probe(probe));
    return {};
  }

  Status check_probe(const Probe& probe) const {
    const std::string& where = probe.program;
    if (probe.kind == "sample") return options_.check(where, probe.words[0]);
    if (probe.kind == "counter") return options_.check(where, probe.words[1]);
    if (probe.kind == "cycles") {
      for (const std::string& word : probe.words) RETURN_IF_ERROR(options_.check(where, word));
    }
    if (probe.kind == "uprobe" || probe.kind == "uretprobe") {
      RETURN_IF_ERROR(check_template(where, probe.words[0]));
      RETURN_IF_ERROR(check_template(where, probe.words[1]));
    }
    return {};
  }

  Status check_rows(const Rows& rows) const {
    RETURN_IF_ERROR(check_conditions(rows.conditions, rows.map));
    Names columns("column", {"time", "loadavg"});
    for (const ColumnField& column : columns_of(spec_, rows.row)) columns.add(column.field.name);
    for (const TemplatePart& part : template_parts(rows.line)) {
      if (part.is_word) RETURN_IF_ERROR(columns.check(fmt::format("LINE of {}", rows.map), part.text));
    }
    return {};
  }

  Status check_table(const Table& table) const {
    RETURN_IF_ERROR(check_conditions(table.conditions, table.map));
    std::string of = " of " + table.map;
    if (!table.limit.empty()) RETURN_IF_ERROR(options_.check("LIMITED_BY" + of, table.limit));
    for (const SortOrder& order : table.orders) {
      if (!order.option.empty()) RETURN_IF_ERROR(switches_.check("SORTED_BY" + of, order.option));
    }
    for (const ComputedColumn& column : table.computed) RETURN_IF_ERROR(check_style(column.style, column.style.title));
    return check_expressions(table, of);
  }

  // Where the object has no such map, the view says so.
  Status check_expressions(const Table& table, const std::string& of) const {
    auto map = std::find_if(spec_.maps.begin(), spec_.maps.end(), [&](auto& each) { return each.name == table.map; });
    if (map == spec_.maps.end()) return {};
    Names fields("field", {"interval"});
    for (std::optional<spec::TypeId> record : {map->key, map->value}) {
      for (const spec::Field& field : fields_of(spec_, record.value_or(0))) fields.add(field.name);
    }
    for (const ComputedColumn& column : table.computed) {
      std::string where = fmt::format("COMPUTED \"{}\"{}", column.style.title, of);
      if (column.expression != "time") RETURN_IF_ERROR(check_expression(fields, where, column.expression));
    }
    for (const SortOrder& order : table.orders) {
      for (const std::string& each : order.expressions)
        RETURN_IF_ERROR(check_expression(fields, "SORTED_BY" + of, each));
    }
    for (const TemplatePart& part : template_parts(table.summary)) {
      bool is_expression = part.is_word && part.text != "time" && part.text != "loadavg";
      if (is_expression) RETURN_IF_ERROR(check_expression(fields, "SUMMARY" + of, part.text));
    }
    return {};
  }

  static Status check_expression(const Names& fields, const std::string& where, std::string_view expression) {
    Status named;
    Result<double> value = evaluate(expression, [&](std::string_view name) {
      if (name.starts_with("meminfo_") || !named) return 1.0;
      named = fields.check(where, name);
      return named ? 1.0 : std::nan("");
    });
    if (!named || value) return named;
    std::string what = fmt::format("{}: \"{}\": {}", where, expression, value.error().what);
    return base::fail(ErrorKind::kInvalid, safe_text(what),
                      "an expression has fields, numbers, + - * /, parentheses, min(a, b) and max(a, b)");
  }

  Status check_histogram(const Histogram& histogram) const {
    RETURN_IF_ERROR(check_conditions(histogram.conditions, histogram.map));
    std::string of = " of " + histogram.map;
    for (const auto& [option, unit] : histogram.units) RETURN_IF_ERROR(switches_.check("UNIT_IF" + of, option));
    if (histogram.average_option.empty()) return {};
    return switches_.check("AVERAGE_IF" + of, histogram.average_option);
  }

  Status check_style(const ColumnStyle& style, const std::string& name) const {
    RETURN_IF_ERROR(check_conditions(style.conditions, name));
    for (const auto& [option, width] : style.widths) RETURN_IF_ERROR(switches_.check("WIDTH_IF of " + name, option));
    static const Names kOfTitles("name", {"zone"});
    for (const TemplatePart& part : template_parts(style.title)) {
      if (part.is_word) RETURN_IF_ERROR(kOfTitles.check(fmt::format("the title of {}", name), part.text));
    }
    return {};
  }

  Status check_conditions(const Conditions& conditions, const std::string& who) const {
    for (const Condition& each : conditions)
      RETURN_IF_ERROR(switches_.check(fmt::format("the condition of {}", who), each.option));
    return {};
  }

  const spec::Spec& spec_;
  const Tool& tool_;
  // Options alone; what else can be on or off; what else a template may ask for, and show.
  Names options_{"option", {}};
  Names switches_{"option", {kProcessCondition, kThreadCondition, kFollowCondition}};
  Names conditions_{"option", {kProcessCondition, kThreadCondition, kFollowCondition, "interval"}};
  Names words_{"name", {kProcessCondition, "duration", "end", "interval", "loadavg", "time"}};
};

}  // namespace

Status check_names(const spec::Spec& spec, const Tool& tool) { return NameCheck(spec, tool).check(); }

}  // namespace sonde::tool
