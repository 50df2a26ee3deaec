"""The words of documents, by key, in the order of LANGUAGES."""

from __future__ import annotations

LANGUAGES = ("en", "de", "es", "zh")

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "zh": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
}

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "statement": ("Statement of account", "Kontoauszug", "Extracto de cuenta", "账户对账单"),
    "earnings": ("Earnings {year}", "Einnahmen {year}", "Ingresos {year}", "{year}年收入"),
    "account": ("Account", "Konto", "Cuenta", "账户"),
    "owner": ("Owner", "Inhaber", "Titular", "持有人"),
    "school": ("School", "Schule", "Escuela", "学校"),
    "currency": ("Currency", "Währung", "Moneda", "货币"),
    "period": ("Period", "Zeitraum", "Periodo", "期间"),
    "period_value": (
        "from {start} to before {end} (UTC)",
        "von {start} bis vor {end} (UTC)",
        "desde {start} hasta antes de {end} (UTC)",
        "自 {start} 至 {end} 之前（UTC）",
    ),
    "made": ("Made on", "Erstellt am", "Generado el", "生成时间"),
    "opening_balance": ("Opening balance", "Anfangssaldo", "Saldo inicial", "期初余额"),
    "closing_balance": ("Closing balance", "Endsaldo", "Saldo final", "期末余额"),
    "money_in": ("Money in", "Eingänge", "Entradas", "收入合计"),
    "money_out": ("Money out", "Ausgänge", "Salidas", "支出合计"),
    "lines": ("Lines", "Buchungen", "Apuntes", "笔数"),
    "page": (
        "Page {page} of {pages}",
        "Seite {page} von {pages}",
        "Página {page} de {pages}",
        "第{page}页，共{pages}页",
    ),
    "number": ("No.", "Nr.", "N.º", "序号"),
    "time": ("Time (UTC)", "Zeit (UTC)", "Hora (UTC)", "时间（UTC）"),
    "what": ("What", "Vorgang", "Concepto", "摘要"),
    "reference": ("Reference", "Referenz", "Referencia", "参考号"),
    "amount": ("Amount", "Betrag", "Importe", "金额"),
    "balance": ("Balance", "Saldo", "Saldo", "余额"),
    "by_month": ("By month", "Nach Monaten", "Por mes", "按月"),
    "by_course": ("By course", "Nach Kursen", "Por curso", "按课程"),
    "by_supporter": ("By supporter", "Nach Unterstützern", "Por donante", "按支持者"),
    "month": ("Month", "Monat", "Mes", "月份"),
    "course": ("Course", "Kurs", "Curso", "课程"),
    "supporter": ("Supporter", "Unterstützer", "Donante", "支持者"),
    "no_course": ("No course", "Kein Kurs", "Sin curso", "无课程"),
    "anonymous": ("Anonymous", "Anonym", "Anónimo", "匿名"),
    "tips": ("Tips", "Trinkgelder", "Propinas", "打赏数"),
    "gross": ("Given", "Erhalten", "Recibido", "总额"),
    "fees": ("Fees", "Gebühren", "Comisiones", "费用"),
    "refunded": ("Given back", "Erstattet", "Devuelto", "已退款"),
    "net": ("Kept", "Verbleibt", "Neto", "净额"),
    "total": ("Total", "Summe", "Total", "合计"),
    "hundred": (
        "The 100 largest; the total is of all.",
        "Die 100 größten; die Summe umfasst alle.",
        "Los 100 mayores; el total es de todos.",
        "仅列前100项；合计包含全部。",
    ),
    "chart_description": (
        "Bars of what was kept each month of {year} in {currency}, {total} in all: {months}.",
        "Balken dessen, was {year} in jedem Monat verblieb, in {currency}, insgesamt {total}: {months}.",
        "Barras de lo que quedó cada mes de {year} en {currency}, {total} en total: {months}.",
        "{year}年各月净额柱状图（{currency}），合计{total}：{months}。",
    ),
}

ACCOUNTS: dict[str, tuple[str, str, str, str]] = {
    "WALLET": ("Wallet", "Guthaben", "Monedero", "钱包"),
    "EDUCATOR": ("Tips received", "Erhaltene Trinkgelder", "Propinas recibidas", "收到的打赏"),
    "HELD": ("Held", "Vorgemerkt", "Retenido", "冻结"),
    "PAYOUT": ("On its way to the bank", "Unterwegs zur Bank", "En camino al banco", "提现中"),
    "DEBT": ("Debt", "Schuld", "Deuda", "欠款"),
    "PLATFORM_FEE": ("School's share", "Anteil der Schule", "Parte de la escuela", "学校分成"),
    "PAYMENT_FEE": ("Payment fees", "Zahlungsgebühren", "Comisiones de pago", "支付费用"),
    "PROVIDER": (
        "At the payment provider",
        "Beim Zahlungsanbieter",
        "En el proveedor de pagos",
        "支付服务商",
    ),
    "CASH": ("By hand", "Von Hand", "A mano", "人工收付"),
    "OUTSIDE": ("Settled outside", "Außerhalb beglichen", "Liquidado fuera", "站外结算"),
}

TRANSACTIONS: dict[str, tuple[str, str, str, str]] = {
    "TIP": ("Tip", "Trinkgeld", "Propina", "打赏"),
    "HOLD": ("Tip held", "Trinkgeld vorgemerkt", "Propina retenida", "打赏冻结"),
    "TOP_UP": ("Top-up", "Aufladung", "Recarga", "充值"),
    "CAPTURE": ("Held tip given", "Vormerkung gegeben", "Propina entregada", "冻结打赏支付"),
    "VOID": ("Hold released", "Vormerkung gelöst", "Retención anulada", "解除冻结"),
    "CHARGE": ("Tip paid from outside", "Trinkgeld per Zahlung", "Propina pagada", "外部支付打赏"),
    "REFUND": ("Refund", "Erstattung", "Reembolso", "退款"),
    "DISPUTE": ("Disputed payment", "Angefochtene Zahlung", "Pago disputado", "争议付款"),
    "DISPUTE_WON": ("Dispute won", "Anfechtung gewonnen", "Disputa ganada", "争议胜诉"),
    "PAYOUT": ("Payout", "Auszahlung", "Pago", "提现"),
    "PAYOUT_PAID": ("Payout arrived", "Auszahlung gelungen", "Pago recibido", "提现到账"),
    "PAYOUT_FAILED": ("Payout came back", "Auszahlung zurück", "Pago devuelto", "提现退回"),
    "PROVIDER_FEE": ("Provider's fee", "Gebühr des Anbieters", "Comisión proveedor", "服务商费用"),
    "DEBT_REPAID": ("Debt repaid", "Schuld beglichen", "Deuda saldada", "偿还欠款"),
    "TOP_UP_TAKEN_BACK": ("Top-up taken back", "Aufladung rückgängig", "Recarga revertida", "充值撤回"),
    "REFUND_FAILED": ("Refund failed", "Erstattung misslungen", "Reembolso fallido", "退款失败"),
    "PROVIDER_FEE_RETURNED": (
        "Provider's fee back",
        "Gebühr zurück",
        "Comisión devuelta",
        "服务商费用退还",
    ),
}
