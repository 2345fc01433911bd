"""Our own list of fields, continued: contacts, settings, tokens, refusals. Columns as in `tables`."""

from __future__ import annotations

from include.sandbox.field_tables import Tables


def add_to(tables: Tables) -> None:
    """Add these tables to the others."""
    for name, text in _TABLES.items():
        tables.add(name, text)


_TABLES = {
    "Contact": """
        ContactID                   text        sometimes   SR always but in the story of a refused write
        MergedToContactID           text        sometimes   S paged, or read alone
        ContactNumber               text        sometimes   SR
        AccountNumber               text        sometimes   S
        ContactStatus               text        sometimes   SR
        Name                        text        sometimes   SR
        FirstName                   text        sometimes   SR
        LastName                    text        sometimes   SR
        EmailAddress                text        sometimes   SR
        BankAccountDetails          text        sometimes   SR
        CompanyNumber               text        sometimes   S
        TaxNumber                   text        sometimes   S
        AccountsReceivableTaxType   text        sometimes   S
        AccountsPayableTaxType      text        sometimes   S
        DefaultCurrency             text        sometimes   S
        Addresses                   [Address]   sometimes   SR
        Phones                      [Phone]     sometimes   SR
        UpdatedDateUTC              text        sometimes   SR
        ContactGroups               [object]    sometimes   SR
        IsSupplier                  boolean     sometimes   SR
        IsCustomer                  boolean     sometimes   SR
        SalesTrackingCategories     [object]    sometimes   SR writes
        PurchasesTrackingCategories  [object]    sometimes   SR writes
        Balances                    Balances    sometimes   SR
        ContactPersons              [ContactPerson]     sometimes   SR
        HasAttachments              boolean     sometimes   SR
        Attachments                 [object]    sometimes   SR read alone
        HasValidationErrors         boolean     sometimes   SR
        StatusAttributeString       text        sometimes   S
        ValidationErrors            [Message]   sometimes   SR
        Warnings                    [Message]   sometimes   U
    """,
    "ContactPerson": """
        FirstName           text        sometimes   S
        LastName            text        sometimes   S
        EmailAddress        text        sometimes   S
        IncludeInEmails     boolean     sometimes   S
    """,
    "Address": """
        AddressType         text        always      SR
        AddressLine1        text        sometimes   SR
        AddressLine2        text        sometimes   SR
        AddressLine3        text        sometimes   SR
        AddressLine4        text        sometimes   SR
        City                text        sometimes   SR
        Region              text        sometimes   SR
        PostalCode          text        sometimes   SR
        Country             text        sometimes   SR
        AttentionTo         text        sometimes   SR
        ValidationErrors    [Message]   sometimes   S refused elements
    """,
    "Phone": """
        PhoneType           text        always      SR
        PhoneNumber         text        sometimes   SR
        PhoneAreaCode       text        sometimes   SR
        PhoneCountryCode    text        sometimes   SR
        ValidationErrors    [Message]   sometimes   SR refused elements
    """,
    "Balances": """
        AccountsReceivable  Balance     always      SR
        AccountsPayable     Balance     always      SR
    """,
    "Balance": """
        Outstanding     number      always      SR
        Overdue         number      always      SR
    """,
    "Account": """
        AccountID               text        always      SR
        Code                    text        sometimes   SR
        Name                    text        always      SR
        Status                  text        always      SR
        Type                    text        always      SR
        TaxType                 text        always      SR
        Description             text        sometimes   SR
        Class                   text        always      SR
        SystemAccount           text        sometimes   SR missing or empty when it is none
        EnablePaymentsToAccount  boolean     always      SR
        ShowInExpenseClaims     boolean     always      SR
        BankAccountNumber       text        sometimes   SR
        BankAccountType         text        always      SR
        CurrencyCode            text        sometimes   SR
        ReportingCode           text        always      SR
        ReportingCodeName       text        always      SR
        HasAttachments          boolean     always      SR
        UpdatedDateUTC          text        always      SR
        AddToWatchlist          boolean     always      SR
    """,
    "TaxRate": """
        Name                    text                always      SR
        TaxType                 text                always      SR
        ReportTaxType           text                always      SR
        CanApplyToAssets        boolean             always      SR
        CanApplyToEquity        boolean             always      SR
        CanApplyToExpenses      boolean             always      SR
        CanApplyToLiabilities   boolean             always      SR
        CanApplyToRevenue       boolean             always      SR
        DisplayTaxRate          number              always      SR
        EffectiveRate           number              always      SR
        Status                  text                always      SR
        TaxComponents           [TaxComponent]      always      SR
    """,
    "TaxComponent": """
        Name                text        always      SR
        Rate                number      always      SR
        IsCompound          boolean     always      SR
        IsNonRecoverable    boolean     always      SR
    """,
    "Currency": """
        Code            text        always      S
        Description     text        always      S
    """,
    "TrackingCategory": """
        Name                text                always      S
        Status              text                always      S
        TrackingCategoryID  text                always      S
        Options             [TrackingOption]    always      S
    """,
    "TrackingOption": """
        TrackingOptionID    text        always      S
        Name                text        always      S
        Status              text        always      S
    """,
    "Item": """
        ItemID                      text            always      SR
        Code                        text            always      SR
        Description                 text            sometimes   SR
        PurchaseDescription         text            sometimes   SR
        UpdatedDateUTC              text            always      SR
        PurchaseDetails             ItemDetails     always      SR
        SalesDetails                ItemDetails     always      SR
        Name                        text            always      SR
        IsTrackedAsInventory        boolean         always      SR
        InventoryAssetAccountCode   text            sometimes   SR tracked items
        TotalCostPool               number          sometimes   SR tracked items
        QuantityOnHand              number          sometimes   SR tracked items
        IsSold                      boolean         always      SR
        IsPurchased                 boolean         always      SR
        StatusAttributeString       text            sometimes   S
        ValidationErrors            [Message]       sometimes   SR read alone, and written
    """,
    "ItemDetails": """
        UnitPrice           number      sometimes   SR
        AccountCode         text        sometimes   SR
        COGSAccountCode     text        sometimes   SR purchases of tracked items
        TaxType             text        sometimes   SR
    """,
    "Organisation": """
        OrganisationID          text        always      SR
        Name                    text        always      SR
        LegalName               text        always      SR
        PaysTax                 boolean     always      SR
        Version                 text        always      SR
        OrganisationType        text        always      SR
        BaseCurrency            text        always      SR
        CountryCode             text        always      SR
        IsDemoCompany           boolean     always      SR
        OrganisationStatus      text        always      SR
        RegistrationNumber      text        sometimes   S
        TaxNumber               text        sometimes   SR
        TaxNumberName           text        sometimes   R
        FinancialYearEndDay     integer     always      SR
        FinancialYearEndMonth   integer     always      SR
        SalesTaxBasis           text        sometimes   SR
        SalesTaxPeriod          text        sometimes   SR
        DefaultSalesTax         text        sometimes   SR
        DefaultPurchasesTax     text        sometimes   SR
        PeriodLockDate          text        sometimes   SR missing when unset
        EndOfYearLockDate       text        sometimes   S missing when unset
        CreatedDateUTC          text        always      SR
        OrganisationEntityType  text        always      SR
        Timezone                text        always      SR
        ShortCode               text        always      SR
        Edition                 text        always      SR
        Class                   text        always      SR
        LineOfBusiness          text        sometimes   S
        Addresses               [Address]   always      SR
        Phones                  [Phone]     always      SR
        ExternalLinks           [object]    always      SR
        PaymentTerms            object      always      SR
    """,
    "Action": """
        Name        text        always      S
        Status      text        always      S
    """,
    "Token": """
        access_token    text        always      section 1.3
        expires_in      integer     always      section 1.3
        token_type      text        always      section 1.3
        scope           text        always      section 1.3
        refresh_token   text        sometimes   section 1.2, with offline_access
    """,
    "Connection": """
        id              text        always      R nango-connections
        authEventId     text        always      R
        tenantId        text        always      R
        tenantType      text        always      R
        tenantName      text        always      R
        createdDateUtc  text        always      R
        updatedDateUtc  text        always      R
    """,
    "BadRequest": """
        ErrorNumber     integer     sometimes   SR ValidationException
        Type            text        sometimes   SR
        Message         text        sometimes   SR
        Elements        [object]    sometimes   SR
        Title           text        sometimes   U a refused idempotency key
        Status          integer     sometimes   U
        Detail          text        sometimes   U
        Instance        text        sometimes   U
        error           text        sometimes   section 1.2, token endpoint
    """,
    "Gateway": """
        Title       text        sometimes   R xeroizer-401-token-expired
        Status      integer     sometimes   R
        Detail      text        sometimes   R
        Instance    text        sometimes   R
        title       text        sometimes   R xeroizer-403-wrong-tenant
        status      integer     sometimes   R
        detail      text        sometimes   R
        instance    text        sometimes   R
    """,
}
