// Takes the place of the dump of all kernel types that libbpf programs include: here types come when they are named.
#pragma once

#include <sonde/helpers.h>
