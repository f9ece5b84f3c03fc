using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Settings;

/// <summary>The shop's own fields, and the members of staff who can be named, for programs.</summary>
internal static class FieldEndpoints
{
    private const string Field = """
        { "id": 2, "subject": "customer", "key": "shoe_size", "label": "Shoe size", "type": "number", "choices": [], "is_sensitive": false,
          "is_archived": false, "position": 2 }
        """;

    public static void MapFields(this RouteGroupBuilder api)
    {
        var fields = api.MapGroup("/custom-fields").WithTags("Custom fields");
        fields.MapGet("/", ListAsync)
            .Documented("ListCustomFields", "List the fields that the shop added to customers, in their order", Permissions.CustomersView,
                null, 200, $"[{Field}]").WithDescription("Values are in custom_fields of a customer.");
        fields.MapPost("/", AddAsync)
            .Documented("AddCustomField", "Add a field", Permissions.SettingsEdit, """{ "label": "Shoe size", "type": "number" }""", 201,
                Field);
        fields.MapPatch(@"/{fieldId:regex(^\d+$)}", ChangeAsync)
            .Documented("ChangeCustomField", "Change a field; absent fields stay as they are", Permissions.SettingsEdit,
                """{ "label": "Shoe size (EU)", "is_archived": false }""", 200, Field);
        api.MapGet("/staff", StaffAsync).WithTags("Staff")
            .Documented("ListStaff", "List the members of staff who can be made responsible, by name", Permissions.CustomersView, null, 200,
                """[ { "id": 3, "name": "Ada Manager" } ]""");
    }

    private static async Task<Ok<IReadOnlyList<CustomFieldDetails>>> ListAsync(CustomFieldService fields,
        CancellationToken cancellationToken,
        [Description("Also those that are no longer offered.")] bool archived = false,
        [Description("customer or ticket; defaults to customer.")] string? subject = null) =>
        TypedResults.Ok(await fields.ListAsync(archived, cancellationToken, SubjectOf(subject)));

    private static async Task<Created<CustomFieldDetails>> AddAsync(CustomFieldBody body, CustomFieldService fields,
        CancellationToken cancellationToken)
    {
        var added = await fields.AddAsync(new()
        {
            Subject = body.Subject, Key = body.Key, Label = body.Label, Type = body.Type, IsSensitive = body.IsSensitive,
            Choices = body.Choices is null ? null : string.Join('\n', body.Choices),
        }, cancellationToken);
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/custom-fields/{added.Id}"), added);
    }

    private static async Task<Ok<CustomFieldDetails>> ChangeAsync([Description("The id of the field.")] long fieldId,
        CustomFieldChange body, CustomFieldService fields, CancellationToken cancellationToken)
    {
        var all = (IReadOnlyList<CustomFieldDetails>)
        [
            .. await fields.ListAsync(true, cancellationToken),
            .. await fields.ListAsync(true, cancellationToken, CustomFieldSubject.Ticket),
        ];
        var present = all.FirstOrDefault(f => f.Id == fieldId) ?? throw ApiException.NotFound("Field not found");
        return TypedResults.Ok(await fields.ChangeAsync(fieldId, body.Label.Or(present.Label),
            string.Join('\n', body.Choices.Or(present.Choices) ?? []), body.Position.Or(present.Position),
            body.IsArchived.Or(present.IsArchived) ?? false, cancellationToken) ?? throw ApiException.NotFound("Field not found"));
    }

    private static async Task<Ok<IReadOnlyList<StaffAnswer>>> StaffAsync(NotificationService notifications,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<StaffAnswer>>(
            [.. (await notifications.ColleaguesAsync(cancellationToken)).Select(c => new StaffAnswer(c.Id, c.Name))]);

    private static CustomFieldSubject SubjectOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        null or "" or "customer" => CustomFieldSubject.Customer,
        "ticket" => CustomFieldSubject.Ticket,
        _ => throw ApiException.BadField("subject", "It is one of: customer, ticket."),
    };
}

/// <summary>A new field.</summary>
internal sealed record CustomFieldBody
{
    public CustomFieldSubject Subject { get; init; }

    [Description("Small letters, digits and underscores; made of the label where there is none.")]
    public string? Key { get; init; }

    public string? Label { get; init; }
    public CustomFieldType Type { get; init; }

    [Description("Of a choice.")]
    public IReadOnlyList<string>? Choices { get; init; }

    [Description("Encrypted, and shown to those alone who may see sensitive values.")]
    public bool IsSensitive { get; init; }
}

/// <summary>What changes of a field.</summary>
internal sealed record CustomFieldChange
{
    public Optional<string?> Label { get; init; }
    public Optional<IReadOnlyList<string>?> Choices { get; init; }
    public Optional<int?> Position { get; init; }

    [Description("Whether it is no longer offered.")]
    public Optional<bool?> IsArchived { get; init; }
}

/// <summary>A member of staff.</summary>
internal sealed record StaffAnswer(long Id, string Name);
