using System.Globalization;

namespace CrmPortal.Features.SelfService;

/// <summary>Addresses of the pages where customers see what is their own.</summary>
internal static class OwnUrls
{
    public const string Home = "/my";
    public const string Orders = "/my/orders";
    public const string Points = "/my/points";
    public const string Messages = "/my/messages";
    public const string NewMessage = "/my/messages/new";
    public const string Profile = "/my/profile";
    public const string Addresses = "/my/addresses";
    public const string NewAddress = "/my/addresses/new";
    public const string Consents = "/my/consents";
    public const string Data = "/my/data";
    public const string DataFile = "/my/data/file";
    public const string Register = "/account/register";

    public static string Order(long id) => Numbered(Orders, id);

    public static string Message(long id) => Numbered(Messages, id);

    public static string Chat(long id) => Numbered(Messages + "/chats", id);

    public static string Address(long id) => Numbered(Addresses, id);

    public static string File(long ticketId, long fileId) => Numbered(Message(ticketId) + "/files", fileId);

    public static string ChatFile(long chatId, long fileId) => Numbered(Chat(chatId) + "/files", fileId);

    /// <summary>A new message that begins with a subject.</summary>
    public static string NewMessageAbout(string subject) => $"{NewMessage}?subject={Uri.EscapeDataString(subject)}";

    /// <summary>A page of a list.</summary>
    public static string Page(string list, int number) => number <= 1 ? list : Numbered(list + "?page=", number, "");

    private static string Numbered(string start, long id, string between = "/") =>
        string.Create(CultureInfo.InvariantCulture, $"{start}{between}{id}");
}
