"""Our own list of every field that the books' answers carry.

Source column: `S` the vendor's OpenAPI file (schema of the same name), `R` seen in a recording, `SR` both, `U` neither.
"""

from __future__ import annotations

from include.sandbox.field_tables import Tables
from include.sandbox.xero import tables_settings

TABLES = Tables("xero")


def _listed(name: str, of: str) -> None:
    """The envelope around a list. `pagination` comes when a page is asked for."""
    TABLES.add(
        name,
        f"""
        Id              text            always      R every answer
        Status          text            always      R every answer
        ProviderName    text            always      R every answer
        DateTimeUTC     text            always      R every answer
        pagination      Pagination      sometimes   SR nango-invoices-page-sales-mixed
        {name}          [{of}]          always      SR
        """,
    )


_listed("Invoices", "Invoice")
_listed("CreditNotes", "CreditNote")
_listed("Payments", "Payment")
_listed("Contacts", "Contact")
_listed("Allocations", "Allocation")
_listed("Accounts", "Account")
_listed("TaxRates", "TaxRate")
_listed("Currencies", "Currency")
_listed("TrackingCategories", "TrackingCategory")
_listed("Items", "Item")
_listed("Organisations", "Organisation")
_listed("Actions", "Action")

TABLES.add(
    "Pagination",
    """
    page            integer     always      SR
    pageSize        integer     always      SR
    pageCount       integer     always      SR
    itemCount       integer     always      SR
    """,
)
TABLES.add("Message", "Message     text    always      SR ValidationError")

_DOCUMENT = """
    Type                    text            sometimes   SR missing where a document is only named
    Reference               text            sometimes   SR
    Payments                [PartPayment]   sometimes   SR lists and single reads
    SentToContact           boolean         sometimes   SR
    CurrencyRate            number          sometimes   SR
    BrandingThemeID         text            sometimes   SR
    HasErrors               boolean         sometimes   SR
    HasAttachments          boolean         sometimes   SR lists
    InvoiceAddresses        [object]        sometimes   SR
    Contact                 Contact         sometimes   SR
    DateString              text            sometimes   R
    Date                    text            sometimes   SR
    DueDateString           text            sometimes   R
    DueDate                 text            sometimes   SR
    Status                  text            sometimes   SR
    LineAmountTypes         text            sometimes   SR
    LineItems               [LineItem]      sometimes   SR
    SubTotal                number          sometimes   SR
    TotalTax                number          sometimes   SR
    Total                   number          sometimes   SR
    UpdatedDateUTC          text            sometimes   SR
    UpdatedDateUTCString    text            sometimes   SR docketworks-invoice-create
    CurrencyCode            text            sometimes   SR
    FullyPaidOnDate         text            sometimes   SR
    StatusAttributeString   text            sometimes   SR with summarizeErrors=false
    ValidationErrors        [Message]       sometimes   SR
    Warnings                [Message]       sometimes   SR
"""
TABLES.add(
    "Invoice",
    """
    InvoiceID               text            sometimes   SR always but in the story of a refused write
    InvoiceNumber           text            sometimes   SR missing in a refused element that sent none
    CreditNotes             [PartCredit]    sometimes   SR
    Prepayments             [object]        sometimes   SR always empty here
    Overpayments            [object]        sometimes   SR always empty here
    AmountDue               number          sometimes   SR
    AmountPaid              number          sometimes   SR
    AmountCredited          number          sometimes   SR
    IsDiscounted            boolean         sometimes   SR
    InvoicePaymentServices  [object]        sometimes   R
    Url                     text            sometimes   S
    ExpectedPaymentDate     text            sometimes   S
    """
    + _DOCUMENT,
)
TABLES.add(
    "CreditNote",
    """
    CreditNoteID            text            sometimes   SR always but in the story of a refused write
    CreditNoteNumber        text            sometimes   SR
    ID                      text            sometimes   R the same id again
    RemainingCredit         number          sometimes   SR
    Allocations             [Allocation]    sometimes   SR
    """
    + _DOCUMENT,
)
TABLES.add(
    "PartCredit",
    """
    CreditNoteID        text        always      SR
    CreditNoteNumber    text        always      SR
    ID                  text        always      R
    HasErrors           boolean     always      R
    InvoiceAddresses    [object]    always      R
    AppliedAmount       number      always      SR
    DateString          text        always      R
    Date                text        always      SR
    LineItems           [LineItem]  always      R always empty
    Total               number      always      SR
    """,
)
TABLES.add(
    "PartPayment",
    """
    PaymentID           text        always      SR
    Date                text        always      SR
    Amount              number      always      SR
    Reference           text        always      SR
    CurrencyRate        number      always      SR
    HasAccount          boolean     always      R
    HasValidationErrors  boolean     always      R
    """,
)
TABLES.add(
    "LineItem",
    """
    LineItemID          text            sometimes   SR missing in a refused new line
    ItemCode            text            sometimes   SR
    Description         text            sometimes   SR
    UnitAmount          number          sometimes   SR
    TaxType             text            sometimes   SR missing on a draft line without account
    TaxAmount           number          sometimes   SR
    LineAmount          number          sometimes   SR
    AccountCode         text            sometimes   SR
    AccountID           text            sometimes   SR
    Item                LineItemItem    sometimes   SR
    Tracking            [Tracking]      always      SR
    Quantity            number          sometimes   SR
    DiscountRate        number          sometimes   S
    DiscountAmount      number          sometimes   S
    ValidationErrors    [Message]       sometimes   R writes
    """,
)
TABLES.add(
    "LineItemItem",
    """
    ItemID      text    always      SR
    Name        text    always      SR
    Code        text    always      SR
    """,
)
TABLES.add(
    "Tracking",
    """
    Name                text    always      SR
    Option              text    always      SR
    TrackingCategoryID  text    always      SR
    TrackingOptionID    text    always      SR
    """,
)
TABLES.add(
    "Allocation",
    """
    AllocationID            text        always      SR
    Amount                  number      always      SR
    Date                    text        sometimes   SR
    Invoice                 Invoice     sometimes   SR
    IsDeleted               boolean     sometimes   S
    StatusAttributeString   text        sometimes   S
    ValidationErrors        [Message]   sometimes   S
    Warnings                [Message]   sometimes   U
    """,
)
TABLES.add(
    "Payment",
    """
    PaymentID               text        sometimes   SR always but in the story of a refused write
    Date                    text        sometimes   SR
    BankAmount              number      sometimes   SR
    Amount                  number      sometimes   SR
    Reference               text        sometimes   SR
    CurrencyRate            number      sometimes   SR
    PaymentType             text        sometimes   SR
    Status                  text        sometimes   SR
    UpdatedDateUTC          text        sometimes   SR
    UpdatedDateUTCString    text        sometimes   S
    HasAccount              boolean     sometimes   SR
    IsReconciled            boolean     sometimes   SR
    Account                 PartAccount  sometimes   SR
    Invoice                 Invoice     sometimes   SR also for the refund of a credit note
    CreditNote              CreditNote  sometimes   S refused elements
    HasValidationErrors     boolean     sometimes   SR
    StatusAttributeString   text        sometimes   S
    ValidationErrors        [Message]   sometimes   S
    Warnings                [Message]   sometimes   SR
    """,
)
TABLES.add(
    "PartAccount",
    """
    AccountID   text    sometimes   SR
    Code        text    sometimes   SR bank accounts often have none
    Name        text    sometimes   SR writes
    """,
)

tables_settings.add_to(TABLES)
