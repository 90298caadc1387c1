// Kinds of sockets are enumerators of the kernel's types.
#pragma once

#include <linux/fs.h>
#include <linux/socket.h>
