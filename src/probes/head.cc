#include "probes/head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "probes/slice.h"

namespace sonde::probes {
namespace {

struct Letter {
  std::string_view name;
  Kind kind;
  Way way = Way::kAny;
};
constexpr std::array<Letter, 7> kLetters = {{{"", Kind::kEntry},
                                             {"p", Kind::kEntry},
                                             {"r", Kind::kReturn},
                                             {"t", Kind::kTracepoint},
                                             {"u", Kind::kUsdt},
                                             {"k", Kind::kEntry, Way::kKprobe},
                                             {"f", Kind::kEntry, Way::kFentry}}};

// As bpftrace and others write them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSpelledOut = {{{"kprobe", "p::"},
                                                                                        {"kretprobe", "r::"},
                                                                                        {"uprobe", "p:LIBRARY:"},
                                                                                        {"uretprobe", "r:LIBRARY:"},
                                                                                        {"tracepoint", "t:"},
                                                                                        {"usdt", "u:"},
                                                                                        {"fentry", "f::"},
                                                                                        {"kfunc", "f::"},
                                                                                        {"kretfunc", "r::"},
                                                                                        {"fexit", "r::"},
                                                                                        {"P", "p:"},
                                                                                        {"R", "r:"}}};

bool takes_patterns(Tool tool) {
  return tool == Tool::kFunccount || tool == Tool::kStackcount || tool == Tool::kFunclatency;
}
bool times_calls(Tool tool) { return tool == Tool::kFunclatency || tool == Tool::kFuncslower; }

// At colons. Those of a regular expression's groups and sets are its own.
std::vector<Slice> split_colons(const Slice& text, bool regex) {
  if (regex) return split_outside(text, ':');
  std::vector<Slice> parts;
  size_t begin = text.begin();
  for (size_t i = begin; i < text.end(); i++) {
    if (text.at(i) != ':') continue;
    parts.push_back(text.between(begin, i));
    begin = i + 1;
  }
  parts.push_back(text.from(begin));
  return parts;
}

class Head {
 public:
  Head(const Slice& text, const ParseOptions& options, Specification& result)
      : text_(text), options_(options), result_(result), parts_(split_colons(text, options.regex)) {}

  Checked run() {
    if (text_.empty()) return mistake(text_.place(), "a function is missing", "for example vfs_read or c:malloc");
    if (!is_regex()) RETURN_IF_ERROR(check_separators());
    RETURN_IF_ERROR(find_parts());
    RETURN_IF_ERROR(check_kind());
    RETURN_IF_ERROR(check_library());
    return function();
  }

 private:
  bool is_regex() const { return options_.regex && takes_patterns(options_.tool); }

  Checked check_separators() const {
    size_t at = find_outside(text_, " \t\n\r\v\f,", text_.begin());
    if (at == std::string_view::npos) return {};
    if (text_.at(at) == ',') return mistake({at, at + 1}, "a comma in a name", "several probes are several arguments");
    return mistake({at, at + 1}, "a blank in a name");
  }

  // "./server:ns::Class::method": no kind, and a name of C++.
  bool is_cpp_in_library() const {
    return parts_.size() > 3 && !parts_[0].empty() && !parts_[1].empty() && parts_[2].empty();
  }

  Checked find_parts() {
    if (parts_.size() == 1) return first(0), Checked();
    if (parts_.size() == 2) return two();
    const Letter* letter = letter_of(parts_[0].view());
    if (!letter && is_cpp_in_library()) return result_.library = parts_[0].piece(), first(1), Checked();
    if (!letter) return unknown_letter();
    result_.kind = letter->kind;
    result_.way = letter->way;
    switch (result_.kind) {
      case Kind::kTracepoint: return tracepoint();
      case Kind::kUsdt: return usdt();
      default: return letter->way == Way::kAny ? library_function() : module_function();
    }
  }

  static const Letter* letter_of(std::string_view name) {
    auto found = std::find_if(kLetters.begin(), kLetters.end(), [&](const Letter& each) { return each.name == name; });
    return found == kLetters.end() ? nullptr : &*found;
  }

  static std::string_view spelled_out(std::string_view name) {
    for (const auto& [word, letter] : kSpelledOut) {
      if (word == name) return letter;
    }
    return {};
  }

  void first(size_t part) { name_ = text_.from(parts_[part].begin()); }

  // LIBRARY:FUNCTION. No library is called k or f, so that these may be the kernel's functions.
  Checked two() {
    const Letter* letter = letter_of(parts_[0].view());
    std::string_view instead = spelled_out(parts_[0].view());
    if (!instead.empty())
      return mistake(parts_[0].place(), fmt::format("{} is not the spelling of a kind of probe", parts_[0].view()),
                     fmt::format("write {}{}", instead, parts_[1].view()));
    if (letter && letter->way != Way::kAny) result_.way = letter->way;
    else result_.library = parts_[0].piece();
    return first(1), Checked();
  }

  Checked unknown_letter() const {
    Slice word = parts_[0];
    std::string_view instead = spelled_out(word.view());
    std::string hint = "p is a function's entry, r its return, t a tracepoint, u a USDT probe: p:LIBRARY:FUNCTION";
    if (!instead.empty()) hint = fmt::format("write {}", instead);
    return mistake(word.place(), fmt::format("{} is not a kind of probe", word.view()), hint);
  }

  Checked tracepoint() {
    if (parts_.size() > 3)
      return mistake(parts_[3].place(), "a tracepoint has two names",
                     "t:CATEGORY:EVENT, for example t:sched:sched_switch");
    result_.category = parts_[1].piece();
    first(2);
    return {};
  }

  Checked usdt() {
    if (parts_.size() > 4)
      return mistake(parts_[4].place(), "a USDT probe has a library, perhaps a provider, and a name",
                     "u:LIBRARY:PROVIDER:PROBE");
    result_.library = parts_[1].piece();
    if (parts_.size() == 4) result_.provider = parts_[2].piece();
    if (parts_.size() == 4 && result_.provider.empty())
      return mistake(parts_[2].place(), "the provider's name is missing",
                     "u:LIBRARY:PROBE asks for that of any provider");
    first(parts_.size() - 1);
    return {};
  }

  Checked module_function() {
    if (parts_.size() > 3)
      return mistake(parts_[3].place(), "a function of the kernel has a module and a name",
                     "k:MODULE:FUNCTION, or k::FUNCTION");
    result_.module = parts_[1].piece();
    first(2);
    return {};
  }

  // A library may have colons, and so may a function of C++: "p:./server:ns::Class::method". There its first name is
  // the part before "::".
  Checked library_function() {
    size_t name = parts_.size() - 1;
    for (size_t i = 3; i + 1 < parts_.size(); i++) {
      if (!parts_[i].empty()) continue;
      name = i - 1;
      break;
    }
    Slice library = text_.between(parts_[1].begin(), parts_[name - 1].end());
    result_.library = library.piece();
    if (parts_[1].empty() && name > 2)
      return mistake(parts_[2].place(), "a function of the kernel has one name",
                     fmt::format("for a library: {}:LIBRARY:FUNCTION", parts_[0].view()));
    first(name);
    return {};
  }

  Checked check_kind() const {
    Tool tool = options_.tool;
    Place place = parts_[0].place();
    bool is_entry = result_.kind == Kind::kEntry;
    if (times_calls(tool) && !is_entry)
      return mistake(
          place, fmt::format("{} times functions, from entry to return", name_of(tool)),
          result_.kind == Kind::kReturn ? "leave r: out" : "trace and funccount take tracepoints and USDT probes");
    if (takes_patterns(tool) && result_.kind == Kind::kReturn)
      return mistake(place, fmt::format("{} counts calls, no returns", name_of(tool)),
                     "leave r: out, or use argdist -C 'r:...'");
    if (tool == Tool::kArgdist && (parts_.size() < 3 || parts_[0].empty()))
      return mistake(place, "the kind of probe is missing",
                     fmt::format("p:LIBRARY:FUNCTION(), or p::{}() of the kernel", name_.view()));
    return {};
  }

  Checked check_library() const {
    if (result_.kind == Kind::kUsdt && result_.library.empty() && !options_.has_pid)
      return mistake(result_.library.place, "the library of the USDT probe is missing",
                     "u:LIBRARY:PROBE, or say which process with -p");
    if (result_.kind == Kind::kTracepoint && result_.category.empty())
      return mistake(result_.category.place, "the tracepoint's category is missing",
                     "for example t:sched:sched_switch");
    for (const Piece* each : {&result_.library, &result_.module, &result_.provider}) {
      size_t star = each->text.find('*');
      if (star != std::string::npos)
        return mistake({each->place.begin + star, each->place.begin + star + 1},
                       "a wildcard stands in the last name only");
    }
    return check_category();
  }

  Checked check_category() const {
    size_t star = result_.category.text.find_first_of("*?[");
    if (takes_patterns(options_.tool) || star == std::string::npos) return {};
    size_t at = result_.category.place.begin + star;
    return no_pattern({at, at + 1});
  }

  Checked no_pattern(Place place) const {
    if (options_.tool == Tool::kFuncslower)
      return mistake(place, "funcslower takes whole names", "several of them, or a pattern with funclatency");
    return mistake(place, fmt::format("{} takes one function for each probe", name_of(options_.tool)),
                   "give several probes; funccount and stackcount take patterns");
  }

  Checked function() {
    if (!is_regex()) RETURN_IF_ERROR(offset());
    result_.function = name_.piece();
    if (result_.function.empty()) return mistake(name_.place(), fmt::format("{} is missing", noun()), "");
    if (!is_regex()) RETURN_IF_ERROR(check_name());
    return make_pattern();
  }

  std::string_view noun() const {
    if (result_.kind == Kind::kTracepoint) return "the tracepoint's event";
    return result_.kind == Kind::kUsdt ? "the USDT probe's name" : "the function's name";
  }

  // Where a '+' begins an offset: before a digit, or at the end. "operator+" has neither.
  size_t plus() const {
    size_t at = name_.view().rfind('+');
    return at == std::string_view::npos ? at : name_.begin() + at;
  }

  Checked offset() {
    size_t at = plus();
    bool is_operator = at != std::string_view::npos &&
                       name_.between(name_.begin(), at).view().find("operator") != std::string_view::npos;
    if (at == std::string_view::npos || is_operator) return {};
    Slice number = name_.from(at + 1).trimmed();
    bool is_pattern = takes_patterns(options_.tool) && (number.empty() || !is_digit(number.at(number.begin())));
    if (is_pattern) return {};
    Place place{at, name_.end()};
    bool possible = result_.kind == Kind::kEntry && result_.way != Way::kFentry && options_.tool == Tool::kTrace;
    if (!possible) return mistake(place, "an offset is possible at entry probes of trace only", "leave it out");
    ASSIGN_OR_RETURN(result_.offset, parse_number(number, place, "offset"));
    result_.offset_text = {std::string(name_.from(at).view()), place};
    name_ = name_.between(name_.begin(), at);
    return {};
  }

  static Parsed<uint64_t> parse_number(const Slice& text, Place place, std::string_view what) {
    std::string_view digits = text.view();
    int base = digits.starts_with("0x") || digits.starts_with("0X") ? 16 : 10;
    if (base == 16) digits.remove_prefix(2);
    uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error == std::errc::result_out_of_range)
      return mistake(place, fmt::format("the {} is larger than 64 bits", what));
    if (error == std::errc() && end == digits.data() + digits.size()) return value;
    return mistake(place, fmt::format("the {} is not a number", what),
                   "decimal or hexadecimal, for example 31 or 0x1f");
  }

  // The name is not a valid pattern.
  Checked check_name() {
    std::string_view name = result_.function.text;
    size_t begin = result_.function.place.begin;
    auto at = [&](size_t i) { return Place{begin + i, begin + i + 1}; };
    if (is_digit(name[0])) return address();
    if (takes_patterns(options_.tool)) return {};
    if (size_t i = name.find_first_of("*?"); i != name.npos) return no_pattern(at(i));
    if (!result_.in_kernel() && result_.kind != Kind::kTracepoint) return {};
    for (size_t i = 0; i < name.size(); i++) {
      if (is_name_part(name[i]) || name[i] == '.' || name[i] == '$') continue;
      return mistake(at(i), fmt::format("{} has no place in {}", std::string_view(name).substr(i, 1), noun()));
    }
    return {};
  }

  Checked address() {
    Slice text(text_.whole(), result_.function.place);
    bool is_function = result_.kind == Kind::kEntry || result_.kind == Kind::kReturn;
    if (!is_function || !text.view().starts_with("0x"))
      return mistake({text.begin(), text.begin() + 1}, fmt::format("{} begins with a digit", noun()),
                     is_function ? "an address is written 0x..." : "");
    ASSIGN_OR_RETURN(result_.address, parse_number(text, text.place(), "address"));
    return {};
  }

  Checked make_pattern() {
    bool with_category = result_.kind == Kind::kTracepoint;
    Slice last(text_.whole(), result_.function.place);
    Slice all = with_category ? Slice(text_.whole(), Place{result_.category.place.begin, last.end()}) : last;
    if (!takes_patterns(options_.tool)) {
      result_.names = Pattern::exact(std::string(all.view()));
      return {};
    }
    auto pattern = options_.regex ? Pattern::regex(all) : Pattern::plain(all);
    if (!pattern) return tl::unexpected(std::move(pattern).error());
    result_.names = std::move(*pattern);
    return {};
  }

  Slice text_;
  const ParseOptions& options_;
  Specification& result_;
  std::vector<Slice> parts_;
  Slice name_{""};  // what the function is called, with its offset
};

}  // namespace

std::string_view name_of(Tool tool) {
  constexpr std::array<std::string_view, 7> names = {"trace",       "argdist",    "funccount", "stackcount",
                                                     "funclatency", "funcslower", "tplist"};
  return names[static_cast<size_t>(tool)];
}

Checked parse_head(const Slice& text, const ParseOptions& options, Specification& result) {
  return Head(text, options, result).run();
}

}  // namespace sonde::probes
