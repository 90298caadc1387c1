// The licence and the version are put into the object by the compiler.
#pragma once
