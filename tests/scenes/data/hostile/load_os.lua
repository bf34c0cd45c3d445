-- expect: range: os: not available in scene scripts
os.exit(0)
