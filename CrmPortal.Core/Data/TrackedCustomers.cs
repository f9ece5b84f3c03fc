using CrmPortal.Core.Customers;
using CrmPortal.Core.Data.Sqlite;

namespace CrmPortal.Core.Data;

/// <summary>A table whose rows say something of customers that rules may ask.</summary>
/// <param name="Column">The column that names the customer.</param>
internal sealed record TrackedCustomers(string Table, string Column = "CustomerId")
{
    /// <summary>What the fields of customers' filters read; a test compares.</summary>
    public static readonly IReadOnlyList<TrackedCustomers> All =
    [
        new("Customers", "Id"), new("CustomerTags"), new("Addresses"), new("CommunicationPreferences"), new("Preferences"),
        new("ContactPersons"), new("Relationships"), new("Relationships", "OtherId"), new("ImportantDates"), new("Notes"),
        new("Documents"), new("CustomFieldValues"), new("CustomerScores"), new("CustomerForecasts"), new("GroupChoices"),
        new("Tickets"),
    ];

    private const string BuyersOfProduct = """
        select o."CustomerId" from "Orders" o join "OrderLines" l on l."OrderId" = o."Id"
        where l."ProductId" = new."Id" and o."CustomerId" is not null
        """;

    private const string AskedOfTicket = """
        select "CustomerId" from "Tickets" where "Id" = new."TicketId" and "CustomerId" is not null
        """;

    /// <summary>What rules read of rows that name no customer: an update of a column marks those who have to do with the row.</summary>
    public static readonly IReadOnlyList<(string Table, string Column, string Customers)> Indirect =
    [
        ("Tags", "NameKey", """select "CustomerId" from "CustomerTags" where "TagId" = new."Id" """),
        ("Users", "DisplayName", """select "Id" from "Customers" where "PreferredAgentId" = new."Id" """),
        ("Products", "Name", BuyersOfProduct), ("Products", "Category", BuyersOfProduct), ("Products", "Brand", BuyersOfProduct),
        ("TicketRatings", "Score", AskedOfTicket), ("TicketRatings", "AnsweredAt", AskedOfTicket),
        ("TicketQueues", "NameKey", """select "CustomerId" from "Tickets" where "QueueId" = new."Id" and "CustomerId" is not null"""),
        // Ties count only where the other one is not in the trash.
        ("Customers", "DeletedAt", """
            select "OtherId" from "Relationships" where "CustomerId" = new."Id"
            union select "CustomerId" from "Relationships" where "OtherId" = new."Id"
            """),
    ];

    /// <summary>The start of the names of a table's triggers.</summary>
    public string Name => $"{Table}Members{(Column == "OtherId" ? Column : "")}";

    /// <summary>After triggers were missing nobody knows what has changed: everybody is asked again.</summary>
    public const string AskEverybody = """update "Segments" set "Due" = 2""";
}

/// <inheritdoc/>
internal sealed class MarkedTables : IMarkedTables
{
    /// <summary>Their rows are reached by a row that is marked, and what rules read of them marks as it changes.</summary>
    private static readonly string[] Behind = ["Tags", "Users", "TicketQueues"];

    // The search's own tables change with the customers.
    public IReadOnlySet<string> Names { get; } = new HashSet<string>(
        [.. TrackedCustomers.All.Select(t => t.Table), .. Behind, SqliteSearchIndex.Trigrams, SqliteSearchIndex.Words,
        SqliteSearchIndex.Waiting]);
}
