# cmake -DOUTPUT=FILE -DFOLDER=DIR -DENDING=.text -DFUNCTION=NAME -P: the files of a folder as the function of
# core/scenario/embedded.h that gives them, in order of their names.
file(GLOB files ${FOLDER}/*${ENDING})
list(SORT files)
set(rows "")
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "\\${ENDING}$" "" name ${name})
  file(READ ${file} text HEX)
  # As bytes: CMake's lists would eat brackets and semicolons of the text itself.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
  string(APPEND rows "      {\"${name}\", \"${text}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"core/scenario/embedded.h\"

namespace backstop::scenario {

std::span<const EmbeddedFile> ${FUNCTION}() {
  static constexpr EmbeddedFile kFiles[] = {
${rows}  };
  return kFiles;
}

}  // namespace backstop::scenario
")
