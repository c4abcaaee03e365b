"""`incisor import`: what is wrong is named, nothing is written until told, twice is once."""

import csv
import io

PATIENTS = (
    "from incisor.patients.models import Patient\nanswer = sorted(Patient.objects.values_list('name', flat=True))"
)


def write(path, rows, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([["姓名", "手机号", "出生日期"], *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def test_import_names_the_wrong_cell_and_writes_nothing(new_site, tmp_path):
    site = new_site().install()
    file = write(tmp_path / "p.csv", [["王小明", "13800001111", "1990-02-30"], ["李雷", "13800002222", ""]], "gb18030")

    done = site.run("import", "patients", file)

    assert done.returncode == 1
    assert "row 2, 出生日期: “1990-02-30”" in done.stdout
    assert site.python(PATIENTS) == []


def test_import_writes_the_right_rows_once(new_site, tmp_path):
    site = new_site().install()
    file = write(tmp_path / "p.csv", [["王小明", "13800001111", ""], ["李雷", "x", ""]], "utf-8-sig")

    first = site("import", "patients", file, "--yes")
    second = site("import", "patients", file, "--yes")

    assert "1 created, 0 updated, 0 unchanged, 1 refused" in first
    assert "0 created, 0 updated, 1 unchanged, 1 refused" in second
    assert site.python(PATIENTS) == ["王小明"]


def test_import_refuses_what_it_cannot_read(new_site, tmp_path):
    site = new_site().install()
    noise = tmp_path / "p.xlsx"
    noise.write_bytes(b"PK\x03\x04 this is no workbook")

    assert "There is no file" in site.refused("import", "patients", tmp_path / "nowhere.xlsx")
    assert site.refused("import", "patients", noise)
    assert "Say which clinic" in site.refused("import", "patients", noise, "--clinic", "Z")
