// The child's side of symbols/dwarf_wire.h.
#pragma once

namespace sonde::dwarf {

// Answers until the other side closes or nothing has been asked for a while; gives the exit status.
int serve(int socket);

}  // namespace sonde::dwarf
