using System.Globalization;

namespace CrmPortal.Layout;

/// <summary>The addresses of pages, built in one place.</summary>
internal static class CrmUrls
{
    public const string Customers = "/customers";
    public const string NewCustomer = "/customers/new";
    public const string Trash = "/customers/trash";
    public const string Duplicates = "/duplicates";

    /// <summary>The first one is proposed as the survivor.</summary>
    public static string Merge(params IEnumerable<long> ids) => "/customers/merge?ids="
        + string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The customer as they were at the end of a day.</summary>
    public static string CustomerAsAt(long id, DateOnly? day = null) => Customer(id) + "/as-at"
        + (day is { } date ? "?date=" + date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "");

    public const string Tariffs = "/settings/tariffs";

    /// <summary>Figures of a shop that sells access.</summary>
    public const string Network = "/network";

    public const string Tickets = "/tickets";
    public const string NewTicket = "/tickets/new";

    public static string Ticket(long id) => string.Create(CultureInfo.InvariantCulture, $"/tickets/{id}");

    public static string NewTicketOf(long customerId) => string.Create(CultureInfo.InvariantCulture, $"{NewTicket}?customer={customerId}");

    public static string CustomerNetwork(long id) => Customer(id) + "?tab=network";

    public static string CustomerTickets(long id) => Customer(id) + "?tab=tickets";

    /// <summary>The list with a filter in its text form, whatever the state of the tickets is.</summary>
    public static string TicketsFiltered(string filter) => $"{Tickets}?view=all&filter={Uri.EscapeDataString(filter)}";

    /// <summary>A view of the list, narrowed by a filter.</summary>
    public static string TicketsOf(string view, string? filter = null) =>
        $"{Tickets}?view={view}{(filter is null ? null : "&filter=" + Uri.EscapeDataString(filter))}";

    /// <summary>Where a customer says how it was, without the slash at the beginning.</summary>
    public static string Feedback(long ratingId, string signature) =>
        string.Create(CultureInfo.InvariantCulture, $"feedback/{ratingId}/{signature}");

    /// <summary>A file of a ticket as a download.</summary>
    public static string TicketFile(long id) => string.Create(CultureInfo.InvariantCulture, $"/files/tickets/{id}");

    /// <summary>A mail as it was formatted, for a frame.</summary>
    public static string TicketMail(long messageId, bool withRemote) =>
        string.Create(CultureInfo.InvariantCulture, $"/files/tickets/messages/{messageId}/mail{(withRemote ? "/remote" : "")}");

    public static string TicketRawMail(long messageId) => string.Create(CultureInfo.InvariantCulture, $"/files/tickets/messages/{messageId}/raw");

    /// <summary>A raw mail that was set aside, as a download.</summary>
    public static string ReceivedMail(long id) => string.Create(CultureInfo.InvariantCulture, $"/files/tickets/received/{id}");

    /// <summary>Where the browser sends a file for the next message of a ticket.</summary>
    public static string TicketUpload(long ticketId) => TicketFile(ticketId) + "/files";

    /// <summary>Talks with visitors of web sites.</summary>
    public const string Chats = "/chat";

    public static string Chat(long id) => string.Create(CultureInfo.InvariantCulture, $"/chat/{id}");

    /// <summary>A file of a chat as a download.</summary>
    public static string ChatFile(long id) => string.Create(CultureInfo.InvariantCulture, $"/files/chats/{id}");

    /// <summary>Where the browser sends a file for a chat.</summary>
    public static string ChatUpload(long chatId) => ChatFile(chatId) + "/files";

    public const string Orders = "/orders";
    public const string NewOrder = "/orders/new";

    public static string NewOrderOf(long customerId) => string.Create(CultureInfo.InvariantCulture, $"/orders/new?customer={customerId}");

    public static string EditOrder(long id) => string.Create(CultureInfo.InvariantCulture, $"/orders/{id}/edit");

    public static string Order(long id) => string.Create(CultureInfo.InvariantCulture, $"/orders/{id}");

    /// <summary>The list as it finds something.</summary>
    public static string OrdersWith(string search) => $"{Orders}?q={Uri.EscapeDataString(search)}";

    /// <summary>The list with a filter in its text form.</summary>
    public static string OrdersFiltered(string filter) => $"{Orders}?filter={Uri.EscapeDataString(filter)}";

    public static string CustomerOrders(long id) => Customer(id) + "?tab=orders";

    public static string CustomerPoints(long id) => Customer(id) + "?tab=points";

    public const string Adjustments = "/loyalty/adjustments";

    public static string CustomerDocuments(long id) => Customer(id) + "?tab=documents";

    /// <summary>The documents that wait to be verified.</summary>
    public const string WaitingDocuments = "/documents";

    public static string WaitingDocumentsAfter(long id) => string.Create(CultureInfo.InvariantCulture, $"{WaitingDocuments}?after={id}");

    /// <summary>A document as a download.</summary>
    public static string Document(long id) => string.Create(CultureInfo.InvariantCulture, $"/files/documents/{id}");

    public static string Avatar(long id) => string.Create(CultureInfo.InvariantCulture, $"/files/avatars/{id}");

    /// <summary>A document as it is shown in a frame.</summary>
    public static string DocumentPreview(long id) => Document(id) + "/preview";

    /// <summary>Where the browser sends a file about a customer.</summary>
    public static string DocumentUpload(long customerId) =>
        string.Create(CultureInfo.InvariantCulture, $"/files/customers/{customerId}/documents");

    /// <summary>The page of a mailed link, without a slash at the front.</summary>
    public static string Confirm(string token) => "confirm/" + token;

    /// <summary>A customer's own page of their preferences, without a slash at the front.</summary>
    public static string OwnPreferences(string token) => "preferences/" + token;

    public const string Segments = "/segments";
    public const string NewSegment = "/segments/new";

    public static string Segment(long id) => string.Create(CultureInfo.InvariantCulture, $"/segments/{id}");

    /// <summary>A new segment that begins with a filter of the list.</summary>
    public static string NewSegmentOf(string filter) => $"{NewSegment}?filter={Uri.EscapeDataString(filter)}";

    /// <summary>How recently, how often and for how much customers buy.</summary>
    public const string Rfm = "/segments/rfm";

    /// <summary>What customers are expected to spend.</summary>
    public const string LifetimeValue = "/segments/value";

    public const string Groups = "/segments/groups";
    public const string NewGroup = "/segments/groups/new";
    public const string CompareSegments = "/segments/compare";

    public static string Group(long id) => string.Create(CultureInfo.InvariantCulture, $"/segments/groups/{id}");

    public static string Compared(long first, long second) =>
        string.Create(CultureInfo.InvariantCulture, $"{CompareSegments}?a={first}&b={second}");

    /// <summary>The members of a group as the list of customers finds them.</summary>
    public static string InGroup(long id) => string.Create(CultureInfo.InvariantCulture, $"group:any:{id}");

    /// <summary>Why a customer is in which segment, and where they were before.</summary>
    public static string CustomerSegments(long id) => Customer(id) + "/segments";

    /// <summary>How the shop does over a time, and against the times before it.</summary>
    public const string Analytics = "/analytics";

    /// <summary>Who came back after their first order.</summary>
    public const string Retention = "/analytics/retention";

    /// <summary>Whom to contact today, and why.</summary>
    public const string Worklist = "/worklist";

    /// <summary>The articles of the help centre, for those who write them.</summary>
    public const string Articles = "/articles";

    public const string NewArticle = "/articles/new";
    public const string ArticleCategories = "/articles/categories";

    /// <summary>What visitors looked for and what they said.</summary>
    public const string HelpReport = "/articles/report";

    /// <summary>Where the browser sends a picture for an article.</summary>
    public const string ArticlePictures = "/files/articles/pictures";

    /// <summary>An article to be written.</summary>
    /// <param name="language">Of the text that is opened; null for the usual one.</param>
    public static string Article(long id, string? language = null) =>
        string.Create(CultureInfo.InvariantCulture, $"/articles/{id}") + (language is null ? "" : "?lang=" + language);

    public const string Loyalty = "/loyalty";
    public const string Programme = "/loyalty/programme";
    public const string Rewards = "/loyalty/rewards";
    public const string Redemptions = "/loyalty/redemptions";
    public const string WhatIf = "/loyalty/what-if";

    /// <summary>A new draft that begins with another version.</summary>
    public static string NewProgramme(long from) => string.Create(CultureInfo.InvariantCulture, $"{Programme}/new?from={from}");

    public static string ProgrammeVersion(long id) => string.Create(CultureInfo.InvariantCulture, $"{Programme}/{id}");

    public static string WhatIfOf(long programmeId) => string.Create(CultureInfo.InvariantCulture, $"{WhatIf}?version={programmeId}");

    /// <summary>A customer's codes, and rewards for them.</summary>
    public static string RedemptionsOf(long customerId) =>
        string.Create(CultureInfo.InvariantCulture, $"{Redemptions}?customer={customerId}");

    /// <summary>The reports that there are, saved and kept ones included.</summary>
    public const string Reports = "/reports";

    public const string SupportReport = "/reports/support";

    /// <summary>The list of all settings.</summary>
    public const string Settings = "/settings";

    public const string IncomingMail = "/settings/mail";
    public const string Jobs = "/settings/jobs";
    public const string Webhooks = "/settings/webhooks";
    public const string AuditLog = "/settings/audit";
    public const string ShopAndBrand = "/settings/shop";

    public const string Imports = "/imports";

    public static string Import(long id) => string.Create(CultureInfo.InvariantCulture, $"/imports/{id}");

    public static string RejectedRows(long id) => string.Create(CultureInfo.InvariantCulture, $"/imports/{id}/rejected.csv");

    public static string Customer(long id) => string.Create(CultureInfo.InvariantCulture, $"/customers/{id}");

    /// <summary>The list with a filter in its text form.</summary>
    public static string CustomersWith(string filter) => $"/customers?filter={Uri.EscapeDataString(filter)}";
}
