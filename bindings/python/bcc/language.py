"""Which language's runtime a process is."""
import os
import re


def detect(candidates, pid):
    if pid == -1:
        return None
    return _by_executable(candidates, pid) or _by_libraries(candidates, pid)


def _by_executable(candidates, pid):
    name = os.path.basename(os.readlink("/proc/%d/exe" % pid))
    for language in candidates:
        if re.match(re.escape(language) + r"(\d|\.|-|$)", name):
            return language
    return None


def _by_libraries(candidates, pid):
    with open("/proc/%d/maps" % pid) as maps:
        mapped = maps.read()
    for language in candidates:
        library = "jvm" if language == "java" else re.escape(language)
        if re.search(r"/lib(%s|%s)\b" % (re.escape(language), library), mapped):
            return language
        if re.search(r"/lib%s[\d.-]" % re.escape(language), mapped):
            return language
    return None
