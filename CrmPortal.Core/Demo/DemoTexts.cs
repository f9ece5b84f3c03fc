namespace CrmPortal.Core.Demo;

/// <summary>What people wrote in the demo shop.</summary>
internal static class DemoTexts
{
    public static readonly string[] Notes =
    [
        "Prefers to be called in the afternoon.", "Asked for the autumn catalogue.", "Bought a birthday present for a sister.",
        "Parcel arrived damaged in spring; replaced at once.", "Collects in the shop on Saturdays.",
        "Would like to hear when the blue glaze is back.",
        "Allergic to nuts: **no** sampler boxes.", "Moves house in summer; ask for the new address.",
        "Sends photographs of the garden every May.",
        "Pays by invoice, always on the last day.", "Doorbell is broken: please knock.", "Told us about the neighbour's anniversary.",
        "Two parcels went to the old flat, see [the carrier's page](https://example.com/parcels).", "Recommended us to the whole choir.",
        "Speaks slowly on the phone; take time.",
    ];

    public static readonly string[] Pinned =
    [
        "**Deliver to the back door.** The dog is friendly.", "Only call *after* 17:00.", "Gift receipts with every parcel, please.",
        "Invoice goes to the bookkeeper, not to the house.",
    ];

    /// <summary>Notes that ask a colleague for something; {0} is the colleague's name.</summary>
    public static readonly string[] Mentions =
    [
        "@{0} could you look at the last invoice? The discount is missing.", "@{0} asked for you by name; please call back this week.",
        "Wants to order thirty candles for a wedding. @{0}, can we do that by the fifteenth?",
        "@{0} the replacement teapot left today, number is in the parcel list.",
        "@{0} please decide about the points: the till was out of order.",
    ];

    public static readonly string[] Private = ["Voice sounds like my aunt's.",
        "Check again before Christmas whether the complaint is settled."];

    public static readonly (string Title, string Text, int Rating)[] Reviews =
    [
        ("Exactly right", "Arrived in two days and looks better than in the picture.", 5),
        ("Lovely", "A present that was liked very much.", 5), ("Good", "Does what it should.", 4),
        ("Smaller than I thought", "Nice, but measure before you order.", 3), ("Second one already", "The first went to my daughter.", 5),
        ("Colour differs", "More grey than blue.", 3),
        ("Broke within a month", "Was replaced without a word, so two stars and not one.", 2),
        ("For every day", "Used since spring and still like new.", 4),
        ("Not for me", "Sent it back.", 1), ("Warm and soft", "Worth the price.", 5),
    ];

    public static readonly string[] Days = ["Wedding day", "Customer since", "Name day", "Shop anniversary", "Birthday of the daughter",
        "Opening of the café"];

    public static readonly string[] Roles = ["Daughter", "Bookkeeper", "Neighbour with the key", "Husband", "Assistant", "Caretaker"];

    public static readonly string[] VipReasons = ["Loyal for years", "Buys for the whole office", "Writes about us",
        "Was our first customer", "Brought many friends"];

    public static readonly string[] BlockReasons = ["Did not pay twice", "Sent worn things back again and again", "Was rude to staff",
        "Card reported as stolen"];

    public static readonly string[] InactiveReasons = ["Moved abroad", "Asked not to be written to", "Mails come back", "Closed the shop"];

    public static readonly (string Type, string Key, string Value)[] Preferences =
    [
        ("delivery", "day", "Friday"), ("delivery", "place", "Neighbour on the left"), ("products", "colour", "Green"),
        ("products", "material", "Linen"), ("packing", "paper", "No plastic"),
        ("invoice", "form", "On paper"), ("delivery", "day", "Saturday"), ("products", "tea", "No black tea"),
    ];
}
