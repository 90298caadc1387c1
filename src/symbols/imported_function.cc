#include "symbols/imported_function.h"

#include <set>
#include <string_view>

#include "elf/dynamic.h"
#include "symbols/binary_root.h"
#include "symbols/debug_file.h"
#include "symbols/library_search.h"

namespace sonde::symbols {
namespace {

constexpr size_t kMostLibraries = 256;

// $ORIGIN is the directory of the file that has the search path.
std::string with_origin(std::string directory, const std::string& origin) {
  for (std::string_view word : {"$ORIGIN", "${ORIGIN}"}) {
    for (size_t at; (at = directory.find(word)) != directory.npos && directory.size() < 4096;)
      directory.replace(at, word.size(), origin);
  }
  return directory;
}

std::optional<Binary> open_path(const std::string& root, const std::string& path) {
  auto inside = resolve_in(root, path);
  auto binary = inside ? open_binary({root + *inside, path, root, *inside}) : tl::unexpected(Error{});
  return binary ? std::optional(std::move(*binary)) : std::nullopt;
}

std::optional<Binary> open_in_search_path(const Binary& user, std::string_view search_path, const std::string& name) {
  std::string origin = user.inside.substr(0, user.inside.rfind('/'));
  while (!search_path.empty()) {
    std::string directory(search_path.substr(0, search_path.find(':')));
    search_path.remove_prefix(std::min(directory.size() + 1, search_path.size()));
    if (auto found = open_path(user.root, with_origin(std::move(directory), origin) + "/" + name)) return found;
  }
  return std::nullopt;
}

std::optional<Binary> open_needed(const Binary& user, const elf::Dynamic& dynamic, const std::string& name) {
  if (name.find('/') != name.npos) return open_path(user.root, name);
  if (auto found = open_in_search_path(user, dynamic.search_path, name)) return found;
  auto found = LibrarySearch(name, user.root, -1).run();
  auto binary = found && *found ? open_binary(**found) : tl::unexpected(Error{});
  return binary ? std::optional(std::move(*binary)) : std::nullopt;
}

bool defines(const Binary& binary, const std::string& name) {
  auto table = elf::SymbolTable::read({binary.file});
  return table && table->find(name).has_value();
}

}  // namespace

std::optional<Import> import_of(const Binary& binary, const std::string& name) {
  if (!elf::imports(*binary.file, name)) return std::nullopt;
  std::vector<Binary> users{binary};
  std::set<std::string> seen;
  for (size_t i = 0; i < users.size(); i++) {
    Binary user = users[i];
    elf::Dynamic dynamic = elf::dynamic_of(*user.file);
    for (const std::string& each : dynamic.needed) {
      if (seen.size() == kMostLibraries || !seen.insert(each).second) continue;
      auto library = open_needed(user, dynamic, each);
      if (!library) continue;
      if (defines(*library, name)) return Import{library->path};
      users.push_back(std::move(*library));
    }
  }
  return Import{};
}

}  // namespace sonde::symbols
