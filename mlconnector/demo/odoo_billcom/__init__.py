"""The story of Odoo and BILL: documents go out, payments come back."""

from mlconnector.demo.odoo_billcom import back, out

CHAPTERS = (*out.CHAPTERS, *back.CHAPTERS)
