// The functions of a program or library where probes go, by name and by pattern.
#include <regex.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "kernel/suggestion.h"
#include "sonde/symbols.h"
#include "symbols/binary.h"
#include "symbols/debug_file.h"
#include "symbols/imported_function.h"
#include "symbols/indirect_function.h"

namespace sonde::symbols {
namespace {

Location location_of(const Binary& binary) {
  Location where;
  where.root = binary.root;
  where.directory = binary.inside.substr(0, std::max<size_t>(binary.inside.rfind('/'), 1));
  return where;
}

// Makes functions of symbols.
class Functions {
 public:
  static Result<Functions> of(const Binary& binary) {
    ASSIGN_OR_RETURN(elf::SymbolTable table, symbols_of(binary.file, location_of(binary)));
    return Functions(binary, std::move(table));
  }

  // False for what lies outside of the file.
  bool make(const elf::SymbolTable::Symbol& symbol, std::string_view name, Function& function) {
    auto offset =
        symbol.indirect ? chosen_->offset_of(std::string(name)).value_or(0) : binary_->file->offset_of(symbol.address);
    if (!offset) return false;
    function = {std::string(name), symbol.address, symbol.size, *offset, symbol.indirect};
    return true;
  }
  const elf::SymbolTable& table() const { return table_; }

 private:
  Functions(const Binary& binary, elf::SymbolTable table)
      : binary_(&binary), table_(std::move(table)), chosen_(std::make_unique<ChosenFunctions>(*binary.file)) {}

  const Binary* binary_;
  elf::SymbolTable table_;
  std::unique_ptr<ChosenFunctions> chosen_;
};

bool can_be_probed(const Function& function) { return !function.indirect || function.offset != 0; }

tl::unexpected<Error> choice_unknown(const Binary& binary, const std::string& name) {
  return base::fail(
      ErrorKind::kUnsupported,
      fmt::format(
          "{}: {} is one of several functions, chosen when a program starts (IFUNC), and its symbol is that of the code "
          "which chooses",
          binary.shown, name),
      fmt::format("probe the chosen one by its own name or address: gdb -p PID -batch -ex 'info symbol {}'", name));
}

// Where the parameters of a demangled name begin, or its end.
size_t parameters_at(std::string_view name) {
  size_t close = name.rfind(')');
  if (close == name.npos) return name.size();
  int depth = 0;
  for (size_t i = close + 1; i-- > 0;) {
    if (name[i] == ')') depth++;
    if (name[i] == '(' && --depth == 0) return i;
  }
  return name.size();
}

// "int ns::least<int>(int, int)" is least of ns: without parameters, and without the type that templates return.
std::string_view bare_name(std::string_view demangled) {
  std::string_view name = demangled.substr(0, parameters_at(demangled));
  int depth = 0;
  for (size_t i = name.size(); i-- > 0;) {
    if (name[i] == '>' || name[i] == ')') depth++;
    if (name[i] == '<' || name[i] == '(') depth--;
    if (name[i] == ' ' && depth == 0 && name.find("operator") == name.npos) return name.substr(i + 1);
  }
  return name;
}

bool is_mangled(std::string_view name) { return name.starts_with("_Z") || name.starts_with("_R"); }

// "ns::f(int) [clone .cold]": a copy or a part that the compiler made, which is called in another way, or not at all.
bool is_clone(std::string_view demangled) {
  return demangled.ends_with(']') && demangled.find(" [clone .") != demangled.npos;
}

// Whole functions, which link-time optimisation has but renamed.
std::string without_renaming(std::string demangled) {
  size_t at = demangled.rfind(" [clone ");
  if (at == demangled.npos) return demangled;
  std::string_view clone = std::string_view(demangled).substr(at);
  if (clone.starts_with(" [clone .lto_priv.") || clone.starts_with(" [clone .llvm.")) demangled.resize(at);
  return demangled;
}

// Behind the '>' that ends what begins with the '<' at `start`.
size_t behind_brackets(std::string_view name, size_t start) {
  int depth = 0;
  for (size_t i = start; i < name.size(); i++) {
    if (name[i] == '<') depth++;
    if (name[i] == '>' && name[i - 1] != '-' && --depth == 0) return i + 1;
  }
  return name.size();
}

// As a user of Rust writes it: "shop::Cart::add" of "<shop::Cart>::add", "shop::generic" of "shop::generic::<u32>".
std::string plain_rust_name(std::string_view demangled) {
  std::string name;
  for (size_t i = 0; i < demangled.size();) {
    size_t behind = demangled[i] == '<' ? behind_brackets(demangled, i) : i;
    std::string_view inside = demangled.substr(i, behind - i);
    bool is_type = behind > i && i == 0 && inside.find(" as ") == inside.npos;
    if (behind == i) name += demangled[i++];
    else if (is_type) name += plain_rust_name(inside.substr(1, inside.size() - 2));
    else if (name.ends_with("::")) name.resize(name.size() - 2);
    else name += inside;
    i = std::max(i, behind);
  }
  return name;
}

bool means(std::string_view mangled, const std::string& demangled, std::string_view wanted) {
  if (demangled == wanted) return true;
  if (mangled.starts_with("_R") && plain_rust_name(demangled) == wanted) return true;
  return !is_clone(demangled) && bare_name(demangled) == wanted;
}

tl::unexpected<Error> no_function(const Binary& binary, const std::string& name, const std::string& suggestion) {
  auto import = import_of(binary, name);
  std::string what = fmt::format("{}: no function {}", binary.shown, name);
  if (import && import->library.empty())
    return base::fail(ErrorKind::kNotFound, what + ": it is imported, from a library that was not found",
                      "attach to the library that has it");
  if (import)
    return base::fail(ErrorKind::kNotFound, fmt::format("{}: it is imported from {}", what, import->library),
                      fmt::format("attach to {} in {} instead", name, import->library));
  return base::fail(
      ErrorKind::kNotFound, what + kernel::suggestion_phrase(suggestion),
      "a function that the compiler inlined everywhere has no symbol, and neither has a static one of a stripped "
      "file without its debug file");
}

// Those where calls are seen; kUnsupported when there is none.
Result<std::vector<Function>> probeable(const Binary& binary, const std::string& name, std::vector<Function> found) {
  std::erase_if(found, [](const Function& each) { return !can_be_probed(each); });
  if (found.empty()) return choice_unknown(binary, name);
  return found;
}

// By demangled name; every symbol is looked at, which a name of C never comes to.
Result<std::vector<Function>> demangled_functions(const Binary& binary, Functions& functions,
                                                  const std::string& wanted) {
  std::vector<Function> found;
  kernel::Suggestion suggestion(wanted);
  RETURN_IF_ERROR(functions.table().each([&](const elf::SymbolTable::Symbol& symbol, std::string_view name) {
    if (!is_mangled(name)) {
      suggestion.offer(name);
      return true;
    }
    std::string demangled = without_renaming(demangle(std::string(name)));
    Function function;
    if (!means(name, demangled, wanted)) {
      suggestion.offer(bare_name(demangled));
    } else if ((found.empty() || found.back().address != symbol.address) && functions.make(symbol, name, function)) {
      found.push_back(std::move(function));
    }
    return true;
  }));
  return found.empty() ? no_function(binary, wanted, suggestion.best()) : probeable(binary, wanted, std::move(found));
}

struct FreeRegex {
  void operator()(regex_t* regex) const {
    ::regfree(regex);
    delete regex;
  }
};
using Regex = std::unique_ptr<regex_t, FreeRegex>;

Result<Regex> compile_regex(const std::string& pattern) {
  auto regex = std::make_unique<regex_t>();
  // In parentheses, or an alternative "a|b" would be held to one end only.
  int code = ::regcomp(regex.get(), fmt::format("^({})$", pattern).c_str(), REG_EXTENDED | REG_NOSUB);
  if (code == 0) return Regex(regex.release());
  char reason[128];
  ::regerror(code, regex.get(), reason, sizeof reason);
  return base::fail(ErrorKind::kInvalid, fmt::format("{}: not a regular expression: {}", pattern, reason));
}

}  // namespace

Result<std::vector<Function>> functions_of(const Binary& binary) {
  ASSIGN_OR_RETURN(Functions all, Functions::of(binary));
  std::vector<Function> functions;
  RETURN_IF_ERROR(all.table().each([&](const elf::SymbolTable::Symbol& symbol, std::string_view name) {
    Function function;
    if (all.make(symbol, name, function)) functions.push_back(std::move(function));
    return true;
  }));
  return functions;
}

Result<std::vector<Function>> functions_called(const Binary& binary, const std::string& name) {
  ASSIGN_OR_RETURN(Functions all, Functions::of(binary));
  std::vector<elf::SymbolTable::Symbol> symbols = all.table().named(name);
  if (symbols.empty()) return demangled_functions(binary, all, name);
  std::vector<Function> found;
  for (const elf::SymbolTable::Symbol& each : symbols) {
    Function function;
    bool is_new = all.make(each, name, function) &&
                  std::none_of(found.begin(), found.end(),
                               [&](const Function& known) { return known.offset == function.offset; });
    if (is_new) found.push_back(std::move(function));
  }
  if (!found.empty()) return probeable(binary, name, std::move(found));
  return base::fail(ErrorKind::kInvalid, fmt::format("{}: {} lies at {:#x}, which is not in the file", binary.shown,
                                                     name, symbols.front().address));
}

Result<Function> function_at(const Binary& binary, uint64_t address) {
  ASSIGN_OR_RETURN(elf::SymbolTable table, symbols_of(binary.file, location_of(binary)));
  elf::SymbolTable::Symbol symbol;
  auto offset = table.find(address, symbol) ? binary.file->offset_of(symbol.address) : std::nullopt;
  if (!offset)
    return base::fail(ErrorKind::kNotFound, fmt::format("{}: no function is known at {:#x}", binary.shown, address));
  ASSIGN_OR_RETURN(std::string name, table.name(symbol));
  return Function{std::move(name), symbol.address, symbol.size, *offset, symbol.indirect};
}

Result<std::vector<Function>> find_functions(const Binary& binary, const std::string& pattern) {
  ASSIGN_OR_RETURN(Regex regex, compile_regex(pattern));
  ASSIGN_OR_RETURN(Functions all, Functions::of(binary));
  std::vector<Function> found;
  RETURN_IF_ERROR(all.table().each([&](const elf::SymbolTable::Symbol& symbol, std::string_view name) {
    Function function;
    if (::regexec(regex.get(), std::string(name).c_str(), 0, nullptr, 0) != 0) return true;
    if (all.make(symbol, name, function) && can_be_probed(function)) found.push_back(std::move(function));
    return true;
  }));
  std::stable_sort(found.begin(), found.end(),
                   [](const Function& a, const Function& b) { return a.offset < b.offset; });
  auto same = [](const Function& a, const Function& b) { return a.offset == b.offset; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

}  // namespace sonde::symbols
