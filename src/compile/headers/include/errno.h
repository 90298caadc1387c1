// The numbers of errors need no header.
#pragma once

#include <sonde/basic.h>
