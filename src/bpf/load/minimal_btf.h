// The part of the kernel's BTF that an object's CO-RE relocations can match, as BTF of its own. Given all of it, libbpf
// holds it in memory twice and compares each of its 150,000 types with each type looked for; of this it reads some
// kilobytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonde::kernel {
class BtfPieces;
}

namespace sonde::bpf {

// Nothing where only the whole will do: a type that the kernel proper does not have (a module may), a relocation that
// asks for ids in the kernel's BTF or compares more than members. Pointers point to void, and only members whose names
// the object uses are there.
std::optional<std::string> core_types(std::string_view object, kernel::BtfPieces& kernel);

}  // namespace sonde::bpf
