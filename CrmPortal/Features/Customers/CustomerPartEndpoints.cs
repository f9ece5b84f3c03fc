using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Timeline;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>
/// What hangs on a customer, for programs: document 5's addresses, contacts, preferences, notes and tags, and the states of documents 4 and
/// 5.
/// </summary>
internal static class CustomerPartEndpoints
{
    private const string NotFound = "Customer not found";
    private const int MostTries = 3;
    private const string OfCustomer = @"/customers/{id:regex(^\d+$)}";

    public static void MapCustomerParts(this RouteGroupBuilder api)
    {
        var customer = api.MapGroup(OfCustomer).WithTags("Customers");
        MapAddresses(customer);
        MapContacts(customer);
        MapPreferences(customer);
        MapNotes(customer);
        MapTags(customer);
        MapStates(customer);
        customer.MapGet("/timeline", TimelineAsync).Documented("GetTimeline", "Everything that happened with a customer, newest first",
            Permissions.CustomersView, null, 200, CustomerPartExamples.Timeline);
    }

    private static void MapAddresses(RouteGroupBuilder customer)
    {
        customer.MapGet("/addresses", async (long id, CustomerService customers, CancellationToken cancellationToken) =>
            TypedResults.Ok((await FindAsync(customers, id, cancellationToken)).Addresses))
            .Documented("ListAddresses", "List the addresses of a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Address}]");
        customer.MapGet(@"/addresses/{addressId:regex(^\d+$)}",
            async (long id, long addressId, CustomerService customers, CancellationToken cancellationToken) =>
                TypedResults.Ok(Address(await FindAsync(customers, id, cancellationToken), addressId)))
            .Documented("GetAddress", "Get an address", Permissions.CustomersView, null, 200, CustomerPartExamples.Address);
        customer.MapPost("/addresses", async (long id, AddressInput input, AddressService addresses, CustomerService customers,
            CancellationToken cancellationToken) =>
            {
                var before = (await FindAsync(customers, id, cancellationToken)).Addresses.Select(a => a.Id).ToHashSet();
                var changed = await addresses.SaveAsync(id, null, input, cancellationToken) ?? throw ApiException.NotFound(NotFound);
                var added = changed.Customer.Addresses.OrderByDescending(a => a.Id).First(a => !before.Contains(a.Id));
                return TypedResults.Created($"{ApiSetup.Root}/customers/{id}/addresses/{added.Id}", added);
            })
            .Documented("AddAddress", "Add an address; the first of a type becomes its default", Permissions.CustomersEdit,
                CustomerPartExamples.AddressInput, 201, CustomerPartExamples.Address);
        customer.MapPut(@"/addresses/{addressId:regex(^\d+$)}",
            async (long id, long addressId, AddressChange change, AddressService addresses, CustomerService customers,
            CancellationToken cancellationToken) =>
            {
                var changed = await JoinedAsync(async () =>
                {
                    var present = Address(await FindAsync(customers, id, cancellationToken), addressId);
                    return await addresses.SaveAsync(id, addressId, change.On(present), cancellationToken, present.Version)
                        ?? throw ApiException.NotFound(NotFound);
                });
                return TypedResults.Ok(Address(changed.Customer, addressId));
            })
            .Documented("ChangeAddress", "Change an address; absent fields stay as they are", Permissions.CustomersEdit,
                CustomerPartExamples.AddressChange, 200, CustomerPartExamples.Address);
        customer.MapDelete(@"/addresses/{addressId:regex(^\d+$)}",
            async (long id, long addressId, AddressService addresses, CustomerService customers, CancellationToken cancellationToken) =>
            {
                Address(await FindAsync(customers, id, cancellationToken), addressId);
                await addresses.RemoveAsync(id, addressId, cancellationToken);
                return TypedResults.Ok(new DoneAnswer("Address deleted successfully."));
            })
            .Documented("DeleteAddress", "Remove an address", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Address deleted successfully."));
        customer.MapPut(@"/addresses/{addressId:regex(^\d+$)}/verify",
            async (long id, long addressId, AddressService addresses, CustomerService customers, CancellationToken cancellationToken,
                [Description("false puts it in doubt again.")] bool verified = true) =>
            {
                Address(await FindAsync(customers, id, cancellationToken), addressId);
                var changed = await addresses.VerifyAsync(id, addressId, verified, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound);
                return TypedResults.Ok(Address(changed.Customer, addressId));
            })
            .Documented("VerifyAddress", "Note that somebody made sure of an address", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Address);
    }

    /// <summary>
    /// A change names some fields only: where somebody changes others at the same time, it is joined with the row as that left it.
    /// </summary>
    private static async Task<TChanged> JoinedAsync<TChanged>(Func<Task<TChanged>> save)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await save();
            }
            catch (ConcurrencyConflictException) when (tries < MostTries)
            {
                // Read and joined anew.
            }
        }
    }

    private static void MapContacts(RouteGroupBuilder customer)
    {
        customer.MapGet("/contacts", async (long id, ContactPersonService persons, CustomerService customers,
            CancellationToken cancellationToken) =>
            {
                await FindAsync(customers, id, cancellationToken);
                return TypedResults.Ok(await persons.ListAsync(id, cancellationToken));
            })
            .Documented("ListContacts", "List the people around a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Contact}]");
        customer.MapGet(@"/contacts/{contactId:regex(^\d+$)}",
            async (long id, long contactId, ContactPersonService persons, CancellationToken cancellationToken) =>
            TypedResults.Ok(await ContactAsync(persons, id, contactId, cancellationToken)))
            .Documented("GetContact", "Get a person around a customer", Permissions.CustomersView, null, 200, CustomerPartExamples.Contact);
        customer.MapPost("/contacts",
            async (long id, ContactPersonInput input, ContactPersonService persons, CancellationToken cancellationToken) =>
            {
                var added = (await persons.SaveAsync(id, null, input, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Part;
                return TypedResults.Created($"{ApiSetup.Root}/customers/{id}/contacts/{added.Id}", added);
            })
            .Documented("AddContact", "Add a person around a customer", Permissions.CustomersEdit, CustomerPartExamples.ContactInput, 201,
                CustomerPartExamples.Contact);
        customer.MapPut(@"/contacts/{contactId:regex(^\d+$)}",
            async (long id, long contactId, ContactChange change, ContactPersonService persons, CancellationToken cancellationToken) =>
            {
                var changed = await JoinedAsync(async () =>
                {
                    var present = await ContactAsync(persons, id, contactId, cancellationToken);
                    return await persons.SaveAsync(id, contactId, change.On(present), cancellationToken, present.Version)
                        ?? throw ApiException.NotFound(NotFound);
                });
                return TypedResults.Ok(changed.Part);
            })
            .Documented("ChangeContact", "Change a person around a customer; absent fields stay as they are", Permissions.CustomersEdit,
                CustomerPartExamples.ContactChange, 200, CustomerPartExamples.Contact);
        customer.MapDelete(@"/contacts/{contactId:regex(^\d+$)}",
            async (long id, long contactId, ContactPersonService persons, CancellationToken cancellationToken) =>
                await persons.RemoveAsync(id, contactId, cancellationToken) is null
                    ? throw ApiException.NotFound("Contact not found") : TypedResults.Ok(new DoneAnswer("Contact deleted successfully.")))
            .Documented("DeleteContact", "Remove a person around a customer", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Contact deleted successfully."));
    }

    private static void MapPreferences(RouteGroupBuilder customer)
    {
        customer.MapGet("/communication-preferences", async (long id, PreferenceService preferences, CustomerService customers,
            CancellationToken cancellationToken) =>
            {
                await FindAsync(customers, id, cancellationToken);
                return TypedResults.Ok(await preferences.CommunicationAsync(id, cancellationToken));
            })
            .Documented("ListCommunicationPreferences", "Which messages a customer wants, by channel and kind", Permissions.CustomersView,
                null, 200, $"[{CustomerPartExamples.CommunicationPreference}]");
        customer.MapGet(@"/communication-preferences/{preferenceId:regex(^\d+$)}",
            async (long id, long preferenceId, PreferenceService preferences, CancellationToken cancellationToken) =>
                TypedResults.Ok(await CommunicationAsync(preferences, id, preferenceId, cancellationToken)))
            .Documented("GetCommunicationPreference", "Get one communication preference", Permissions.CustomersView, null, 200,
                CustomerPartExamples.CommunicationPreference);
        customer.MapPost("/communication-preferences", async (long id, CommunicationPreferenceInput input, PreferenceService preferences,
            CancellationToken cancellationToken) =>
            {
                var set = (await preferences.SetCommunicationAsync(id, input.Channel, input.Kind, input.IsOptedIn, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Part;
                return TypedResults.Created($"{ApiSetup.Root}/customers/{id}/communication-preferences/{set.Id}", set);
            })
            .Documented("SetCommunicationPreference", "Note whether a customer wants messages of a kind by a channel",
                Permissions.CustomersEdit, CustomerPartExamples.CommunicationPreferenceInput, 201,
                CustomerPartExamples.CommunicationPreference);
        customer.MapPut(@"/communication-preferences/{preferenceId:regex(^\d+$)}",
            async (long id, long preferenceId, OptInChange change, PreferenceService preferences, CancellationToken cancellationToken) =>
            {
                var present = await CommunicationAsync(preferences, id, preferenceId, cancellationToken);
                return TypedResults
                    .Ok((await preferences.SetCommunicationAsync(id, present.Channel, present.Kind, change.IsOptedIn, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Part);
            })
            .Documented("ChangeCommunicationPreference", "Change one communication preference", Permissions.CustomersEdit,
                """{ "is_opted_in": false }""", 200, CustomerPartExamples.CommunicationPreference);
        customer.MapDelete(@"/communication-preferences/{preferenceId:regex(^\d+$)}",
            async (long id, long preferenceId, PreferenceService preferences, CancellationToken cancellationToken) =>
                await preferences.RemoveCommunicationAsync(id, preferenceId, cancellationToken) is null
                    ? throw ApiException.NotFound("Preference not found") : TypedResults
                    .Ok(new DoneAnswer("Preference deleted successfully.")))
            .Documented("DeleteCommunicationPreference", "Forget one communication preference", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Preference deleted successfully."));
        customer.MapGet("/preferences", async (long id, PreferenceService preferences, CustomerService customers,
            CancellationToken cancellationToken) =>
            {
                await FindAsync(customers, id, cancellationToken);
                return TypedResults.Ok(await preferences.ListAsync(id, cancellationToken));
            })
            .Documented("ListPreferences", "List what else a customer prefers", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.Preference}]");
        customer.MapPut("/preferences",
            async (long id, PreferencesInput input, PreferenceService preferences, CancellationToken cancellationToken) =>
                TypedResults.Ok((await preferences.SetAsync(id, input.Preferences ?? [], cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Part))
            .Documented("SetPreferences", "Set many preferences at once; a null value removes one", Permissions.CustomersEdit,
                CustomerPartExamples.PreferencesInput, 200, $"[{CustomerPartExamples.Preference}]");
    }

    private static void MapNotes(RouteGroupBuilder customer)
    {
        customer.MapGet("/notes", async (long id, HttpContext http, NoteService notes, CustomerService customers,
            CancellationToken cancellationToken, int page = 1, int limit = ListQuery.UsualLimit) =>
            {
                await FindAsync(customers, id, cancellationToken);
                var found = await notes.ListAsync(id, new(page, limit), cancellationToken);
                return TypedResults
                    .Ok(ListAnswer<NoteDetails>.Of(http, found.Items, found.Number, found.Size,
                    await notes.CountAsync(id, cancellationToken)));
            })
            .Documented("ListNotes", "List the notes about a customer, pinned ones first", Permissions.CustomersView, null, 200,
                $$"""{ "items": [{{CustomerPartExamples.Note}}], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        customer.MapGet(@"/notes/{noteId:regex(^\d+$)}",
            async (long id, long noteId, NoteService notes, CancellationToken cancellationToken) =>
            TypedResults.Ok(await NoteAsync(notes, id, noteId, cancellationToken)))
            .Documented("GetNote", "Get a note", Permissions.CustomersView, null, 200, CustomerPartExamples.Note);
        customer.MapPost("/notes", async (long id, NoteInput input, NoteService notes, CancellationToken cancellationToken) =>
            {
                var added = await notes.AddAsync(id, input.Text.Value, cancellationToken, input.IsPrivate.Or(false),
                    input.IsPinned.Or(false)) ?? throw ApiException.NotFound(NotFound);
                return TypedResults.Created($"{ApiSetup.Root}/customers/{id}/notes/{added.Id}", added);
            })
            .Documented("AddNote", "Write a note in Markdown", Permissions.CustomersEdit, CustomerPartExamples.NoteInput, 201,
                CustomerPartExamples.Note);
        customer.MapPut(@"/notes/{noteId:regex(^\d+$)}",
            async (long id, long noteId, NoteInput input, NoteService notes, CancellationToken cancellationToken) =>
            {
                var present = await NoteAsync(notes, id, noteId, cancellationToken);
                if (input.IsPinned.IsPresent && input.IsPinned.Value != present.IsPinned)
                    await notes.PinAsync(id, noteId, input.IsPinned.Value, cancellationToken);
                if (input.Text.IsPresent || input.IsPrivate.IsPresent)
                    await notes.UpdateAsync(id, noteId, input.Text.Or(present.Text), input.IsPrivate.Or(present.IsPrivate), null,
                    cancellationToken);
                return TypedResults.Ok(await NoteAsync(notes, id, noteId, cancellationToken));
            })
            .Documented("ChangeNote", "Change one's own note, or pin any", Permissions.CustomersEdit, CustomerPartExamples.NoteInput, 200,
                CustomerPartExamples.Note);
        customer.MapDelete(@"/notes/{noteId:regex(^\d+$)}",
            async (long id, long noteId, NoteService notes, CancellationToken cancellationToken) =>
                await notes.RemoveAsync(id, noteId, cancellationToken) is null
                    ? throw ApiException.NotFound("Note not found") : TypedResults.Ok(new DoneAnswer("Note deleted successfully.")))
            .Documented("DeleteNote", "Remove a note", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Note deleted successfully."));
    }

    private static void MapTags(RouteGroupBuilder customer)
    {
        customer.MapGet("/tags", async (long id, CustomerService customers, CancellationToken cancellationToken) =>
            TypedResults.Ok((await FindAsync(customers, id, cancellationToken)).Tags))
            .Documented("ListCustomerTags", "List the tags of a customer", Permissions.CustomersView, null, 200,
                $"[{CustomerPartExamples.TagName}]");
        customer.MapPatch("/tags", async (long id, TagsInput input, TagService tags, CancellationToken cancellationToken) =>
                TypedResults.Ok((await tags.ChangeAsync(id, input.Tags ?? [], input.Action, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Customer.Tags))
            .Documented("ChangeCustomerTags", "Set, add or remove tags of a customer", Permissions.CustomersEdit,
                """{ "tags": ["premium", "loyal"], "action": "add" }""", 200, $"[{CustomerPartExamples.TagName}]");
        customer.MapPost(@"/tags/{tagId:regex(^\d+$)}", async (long id, long tagId, TagService tags, CancellationToken cancellationToken) =>
            {
                var tag = await tags.GetAsync(tagId, cancellationToken) ?? throw ApiException.NotFound("Tag not found");
                return TypedResults
                    .Ok((await tags.AddAsync(id, tag.Name, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Customer.Tags);
            })
            .Documented("AssignTag", "Put a tag on a customer", Permissions.CustomersEdit, null, 200, $"[{CustomerPartExamples.TagName}]");
        customer.MapDelete(@"/tags/{tagId:regex(^\d+$)}",
            async (long id, long tagId, TagService tags, CancellationToken cancellationToken) =>
                TypedResults.Ok((await tags.RemoveAsync(id, tagId, cancellationToken)
                    ?? throw ApiException.NotFound(NotFound)).Customer.Tags))
            .Documented("UnassignTag", "Take a tag off a customer", Permissions.CustomersEdit, null, 200,
                $"[{CustomerPartExamples.TagName}]");
    }

    private static void MapStates(RouteGroupBuilder customer)
    {
        customer.MapPatch("/block", async (long id, BlockInput input, CustomerService customers, IOptions<ShopOptions> shop,
            CancellationToken cancellationToken) =>
                Answer(shop, input.IsBlocked ? await customers.BlockAsync(id, input.BlockReason, cancellationToken) : await customers
                    .UnblockAsync(id, cancellationToken)))
            .Documented("BlockCustomer", "Block a customer with a reason, or lift the block", Permissions.CustomersBlock,
                """{ "is_blocked": true, "block_reason": "Spam or abusive behavior" }""", 200, CustomerExamples.Customer);
        customer.MapPost("/deactivate", async (long id, ReasonInput input, CustomerService customers, IOptions<ShopOptions> shop,
            CancellationToken cancellationToken) =>
                Answer(shop, await customers.SetActiveAsync(id, false, cancellationToken, input.Reason)))
            .Documented("DeactivateCustomer", "Deactivate a customer", Permissions.CustomersEdit, """{ "reason": "Moved abroad" }""", 200,
                CustomerExamples.Customer);
        customer.MapPost("/reactivate",
            async (long id, CustomerService customers, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
            Answer(shop, await customers.SetActiveAsync(id, true, cancellationToken)))
            .Documented("ReactivateCustomer", "Activate a customer again", Permissions.CustomersEdit, null, 200, CustomerExamples.Customer);
        customer.MapPost("/make_vip", async (long id, VipInput input, CustomerService customers, IOptions<ShopOptions> shop,
            CancellationToken cancellationToken) =>
                Answer(shop, await customers.SetVipAsync(id, input.IsVip, input.Reason, cancellationToken)))
            .Documented("MakeVip", "Make a customer a VIP, or no longer", Permissions.CustomersEdit,
                """{ "is_vip": true, "reason": "Buys every week" }""", 200, CustomerExamples.Customer);
        customer.MapPut("/subscription-state",
            async (long id, SubscriptionInput input, CustomerService customers, IOptions<ShopOptions> shop,
            CancellationToken cancellationToken) =>
                Answer(shop, await customers.UpdateAsync(id, new() { Subscription = input.State }, null, null, cancellationToken)))
            .Documented("SetSubscriptionState", "Say where a customer stands with their subscription", Permissions.CustomersEdit,
                """{ "state": "active" }""", 200, CustomerExamples.Customer);
    }

    private static async Task<Ok<TimelineAnswer>> TimelineAsync(
        long id, TimelineService timeline, CustomerService customers, IOptions<ShopOptions> shop, CancellationToken cancellationToken,
        [Description("order, refund, note, consent, document or change; several with commas; all without it.")] string? kinds = null,
        [Description("Letters that the entries hold.")] string? search = null,
            [Description("The next of the page before.")] string? before = null, int limit = ListQuery.UsualLimit)
    {
        await FindAsync(customers, id, cancellationToken);
        var wanted = new List<TimelineKind>();
        foreach (var word in (kinds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
            wanted.Add(Enum.TryParse<TimelineKind>(word, true, out var kind) && !int.TryParse(word, out _)
                ? kind : throw ApiException.BadField("kinds", $"There is no kind {word}."));
        var page = await timeline.ReadAsync(id, new(wanted, search, before, limit), cancellationToken);
        return TypedResults.Ok(new TimelineAnswer([.. page.Entries.Select(TimelineLine.Of)], page.Next));
    }

    private static async Task<CustomerDetails> FindAsync(CustomerService customers, long id, CancellationToken cancellationToken) =>
        await customers.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);

    private static AddressDetails Address(CustomerDetails customer, long addressId) =>
        customer.Addresses.FirstOrDefault(a => a.Id == addressId) ?? throw ApiException.NotFound("Address not found");

    private static async Task<ContactPersonDetails> ContactAsync(ContactPersonService persons, long id, long contactId,
        CancellationToken cancellationToken) =>
        (await persons.ListAsync(id, cancellationToken)).FirstOrDefault(p => p.Id == contactId)
            ?? throw ApiException.NotFound("Contact not found");

    private static async Task<CommunicationPreferenceDetails> CommunicationAsync(PreferenceService preferences, long id, long preferenceId,
        CancellationToken cancellationToken) =>
        (await preferences.CommunicationAsync(id, cancellationToken)).FirstOrDefault(p => p.Id == preferenceId)
            ?? throw ApiException.NotFound("Preference not found");

    private static async Task<NoteDetails> NoteAsync(NoteService notes, long id, long noteId, CancellationToken cancellationToken) =>
        await notes.GetAsync(id, noteId, cancellationToken) ?? throw ApiException.NotFound("Note not found");

    private static Ok<CustomerAnswer> Answer(IOptions<ShopOptions> shop, CustomerChangeResult? changed) =>
        TypedResults.Ok(CustomerAnswer.Of((changed ?? throw ApiException.NotFound(NotFound)).Customer, shop.Value.Currency));

    /// <summary>Everything that the description says of such a route.</summary>
    internal static RouteHandlerBuilder Documented(this RouteHandlerBuilder route, string name, string summary, string permission,
        string? request, int status, string answer)
    {
        route.WithName(name).WithSummary(summary).NeedsPermission(permission).WithExample(request, status, answer);
        return request is null ? route.AnswersProblems(400, 401, 403, 404, 429, 500, 503) : route.AnswersProblems(400, 401, 403, 404, 409,
            413, 415, 429, 500, 503);
    }
}
