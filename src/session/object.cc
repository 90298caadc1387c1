// An object file and the spec that the compiler left in it.
#include "base/file.h"
#include "elf/section.h"
#include "session/state/object_state.h"

namespace sonde {

namespace session {

Result<spec::Spec> read_spec(const std::string& bytes, const std::string& name) {
  if (!elf::is_elf(bytes)) {
    return base::fail(
        ErrorKind::kInvalid, fmt::format("{} is not an object file", name),
        "sonde reads what `sonde cc FILE.c -o FILE.o` wrote; C text is compiled by its name's ending, .c");
  }
  Result<std::string_view> section = elf::section(bytes, spec::kSectionName);
  if (!section) {
    return tl::unexpected(
        Error{ErrorKind::kInvalid, fmt::format("{}: {}", name, section.error().what), 0,
              "the object was not made by sonde-cc, or is damaged; make it with `sonde cc FILE.c -o FILE.o`"});
  }
  Result<spec::Spec> spec = spec::from_json(*section);
  if (!spec) return tl::unexpected(base::in_context(name, std::move(spec).error()));
  return spec;
}

}  // namespace session

Result<Object> Object::open(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, base::read_file(path));
  return from_bytes(std::move(bytes), path);
}

Result<Object> Object::from_bytes(std::string bytes, const std::string& name) {
  ASSIGN_OR_RETURN(spec::Spec spec, session::read_spec(bytes, name));
  Object object;
  object.state_ = std::make_shared<const State>(State{std::move(bytes), std::move(spec), {}, false});
  return object;
}

const std::string& Object::bytes() const { return state_->bytes; }
const spec::Spec& Object::spec() const { return state_->spec; }
const std::string& Object::diagnostics() const { return state_->diagnostics; }
bool Object::from_cache() const { return state_->from_cache; }

}  // namespace sonde
