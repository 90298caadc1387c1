// Where the kernel lives in the address space.
#pragma once

#include <asm/page_64_types.h>
