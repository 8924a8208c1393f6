import pytest
from connections.records import *
from connections.services import opened, ping
from tests.stage import Stage, connect
import requests
@pytest.mark.django_db
def test_smoke(sandbox_server, settings):
    settings.CONNECTOR_ALLOWED_NETWORKS=["127.0.0.0/8"]
    requests.post(f"{sandbox_server.url}/_sandbox/reset",json={"seed":"demo"})
    c=connect("odoo",{"url":sandbox_server.url+"/odoo","database":"demo","username":"integration","page_size":"3"},{"api_key":"a1"*20})
    g=ping(c)
    print(g)
    with opened(c) as o:
        for kind in (Vendor,GLAccount,Dimension,Tax,PurchaseOrder):
            o.client.counter.calls=0
            recs=[r for p in o.resource(kind).read(None) for r in p.records]
            print(kind.__name__,len(recs),len({r.id for r in recs}),o.client.counter)
            for r in recs[-3:]: print("   ",r)
            for p in o.resource(kind).read(None): print(len(p.records),p.watermark,end="; ")
            print()
