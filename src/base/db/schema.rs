//! Tables as both databases hold them, kept by hand; `tests/it/schema.rs` holds it to the live databases.
#![allow(missing_docs)]

diesel::table! {
    subjects (id) {
        id -> BigInt,
        sealed_key -> Nullable<Binary>,
        created_at -> BigInt,
    }
}

diesel::table! {
    people (id) {
        id -> BigInt,
        public_id -> Text,
        subject_id -> BigInt,
        kind -> Text,
        address -> Text,
        name -> Nullable<Text>,
        state -> Text,
        password_hash -> Nullable<Text>,
        password_class -> Nullable<Text>,
        password_at -> Nullable<BigInt>,
        created_at -> BigInt,
        self_locked_at -> Nullable<BigInt>,
        lock_reason -> Nullable<Text>,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        subject_id -> BigInt,
        number -> Text,
        name -> Nullable<Text>,
        state -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    memberships (id) {
        id -> BigInt,
        account_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        number -> Text,
        account_id -> BigInt,
        invited_by_id -> BigInt,
        address -> Text,
        role -> Text,
        state -> Text,
        token_hash -> Binary,
        created_at -> BigInt,
        sent_at -> BigInt,
        expires_at -> BigInt,
        accepted_by_id -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        public_id -> Text,
        reference_hash -> Binary,
        person_id -> BigInt,
        account_id -> Nullable<BigInt>,
        method -> Text,
        remembered -> Bool,
        created_at -> BigInt,
        signed_in_at -> BigInt,
        seen_at -> BigInt,
        stepped_up_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        network -> Text,
        device -> Text,
    }
}

diesel::table! {
    known_browsers (id) {
        id -> BigInt,
        person_id -> BigInt,
        token_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    challenges (id) {
        id -> BigInt,
        handle_hash -> Binary,
        purpose -> Text,
        step -> Text,
        address -> Text,
        person_id -> Nullable<BigInt>,
        code_hash -> Binary,
        opens -> Bool,
        tries -> Integer,
        sends -> Integer,
        remembered -> Bool,
        sealed_data -> Nullable<Binary>,
        network -> Text,
        device -> Text,
        created_at -> BigInt,
        sent_at -> BigInt,
        expires_at -> BigInt,
        told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    limits (bucket) {
        bucket -> Text,
        slice_start -> BigInt,
        recent -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    submissions (actor, form_key) {
        actor -> Text,
        form_key -> Text,
        location -> Nullable<Text>,
        flash -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    kept_posts (id) {
        id -> BigInt,
        handle -> Text,
        person_id -> BigInt,
        sealed_data -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    staff_roles (id) {
        id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        granted_by_id -> Nullable<BigInt>,
        granted_at -> BigInt,
    }
}

diesel::table! {
    training_requirements (id) {
        id -> BigInt,
        role -> Text,
        course -> Text,
    }
}

diesel::table! {
    training_completions (id) {
        id -> BigInt,
        person_id -> BigInt,
        course -> Text,
        completed_at -> BigInt,
        lapses_at -> BigInt,
    }
}

diesel::table! {
    staff_proposals (id) {
        id -> BigInt,
        number -> Text,
        state -> Text,
        person_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        name -> Nullable<Text>,
        proposed_by_id -> BigInt,
        proposed_at -> BigInt,
        expires_at -> BigInt,
        decided_by_id -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        kind -> Text,
        removal_reason -> Nullable<Text>,
    }
}

diesel::table! {
    staff_proposal_roles (id) {
        id -> BigInt,
        proposal_id -> BigInt,
        role -> Text,
    }
}

diesel::table! {
    activations (id) {
        id -> BigInt,
        person_id -> BigInt,
        token_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        voided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    totp_factors (id) {
        id -> BigInt,
        person_id -> BigInt,
        sealed_secret -> Binary,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
        created_at -> BigInt,
        sealed_codes -> Nullable<Binary>,
        codes_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        person_id -> BigInt,
        code_hash -> Binary,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    trusted_browsers (id) {
        id -> BigInt,
        public_id -> Text,
        person_id -> BigInt,
        token_hash -> Binary,
        network -> Text,
        device -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    pending_sign_ins (id) {
        id -> BigInt,
        handle_hash -> Binary,
        person_id -> BigInt,
        method -> Text,
        step -> Text,
        tries -> Integer,
        remembered -> Bool,
        sealed_next -> Nullable<Binary>,
        network -> Text,
        device -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    records (id) {
        id -> BigInt,
        subject_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        actor -> Text,
        actor_id -> Nullable<BigInt>,
        event -> Text,
        object -> Nullable<Text>,
        session_id -> Nullable<BigInt>,
        network -> Text,
        at -> BigInt,
        sealed_payload -> Nullable<Binary>,
    }
}

diesel::table! {
    policy_versions (id) {
        id -> BigInt,
        number -> BigInt,
        widens -> Bool,
        summary -> Text,
        body -> Text,
        body_hash -> Binary,
        published_at -> BigInt,
    }
}

diesel::table! {
    consents (id) {
        id -> BigInt,
        public_id -> Text,
        person_id -> BigInt,
        purpose -> Text,
        policy_version_id -> Nullable<BigInt>,
        notice_hash -> Binary,
        event -> Text,
        method -> Text,
        session_id -> Nullable<BigInt>,
        network -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        message_id -> Text,
        person_id -> Nullable<BigInt>,
        kind -> Text,
        address -> Text,
        subject -> Text,
        sealed_text -> Nullable<Binary>,
        sealed_html -> Nullable<Binary>,
        holds_code -> Bool,
        state -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        claimed_until -> BigInt,
        created_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    phones (id) {
        id -> BigInt,
        person_id -> BigInt,
        sealed_number -> Binary,
        number_hash -> Binary,
        slot -> BigInt,
        bound_at -> BigInt,
    }
}

diesel::table! {
    contact_changes (id) {
        id -> BigInt,
        number -> Text,
        person_id -> BigInt,
        kind -> Text,
        proof -> Text,
        state -> Text,
        sealed_old -> Nullable<Binary>,
        sealed_new -> Nullable<Binary>,
        network -> Text,
        device -> Text,
        created_at -> BigInt,
        due_at -> BigInt,
        told_at -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    text_messages (id) {
        id -> BigInt,
        message_id -> Text,
        person_id -> Nullable<BigInt>,
        kind -> Text,
        sealed_number -> Binary,
        sealed_text -> Nullable<Binary>,
        state -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        claimed_until -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    uploads (id) {
        id -> BigInt,
        number -> Text,
        person_id -> BigInt,
        purpose -> Text,
        file_name -> Text,
        media_kind -> Text,
        size -> BigInt,
        storage_key -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    jobs (name) {
        name -> Text,
        claimed_until -> BigInt,
        ran_at -> BigInt,
        failures -> BigInt,
    }
}

diesel::table! {
    key_generations (number) {
        number -> BigInt,
        fingerprint -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    marks (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    identity_cases (id) {
        id -> BigInt,
        number -> Text,
        account_id -> BigInt,
        person_id -> BigInt,
        kind -> Text,
        method -> Text,
        document -> Text,
        state -> Text,
        sealed_key -> Nullable<Binary>,
        sealed_details -> Nullable<Binary>,
        masked_name -> Text,
        masked_number -> Text,
        fingerprint -> Binary,
        reason -> Nullable<Text>,
        approved_by_id -> Nullable<BigInt>,
        decided_by_id -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        leased_by_id -> Nullable<BigInt>,
        leased_until -> Nullable<BigInt>,
        created_at -> BigInt,
        acted_at -> BigInt,
        queued_at -> Nullable<BigInt>,
        destroy_at -> Nullable<BigInt>,
        destroyed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    identity_files (id) {
        id -> BigInt,
        number -> Text,
        case_id -> BigInt,
        part -> Text,
        media_kind -> Text,
        size -> BigInt,
        sealed_bytes -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    identity_results (id) {
        id -> BigInt,
        account_id -> BigInt,
        case_id -> Nullable<BigInt>,
        kind -> Text,
        state -> Text,
        masked_name -> Text,
        masked_number -> Text,
        sealed_name -> Binary,
        sealed_code -> Nullable<Binary>,
        fingerprint -> Binary,
        slot -> BigInt,
        method -> Text,
        decided_by_id -> Nullable<BigInt>,
        decided_at -> BigInt,
    }
}

diesel::table! {
    identity_contacts (id) {
        id -> BigInt,
        case_id -> BigInt,
        token_hash -> Binary,
        state -> Text,
        notice_hash -> Nullable<Binary>,
        network -> Nullable<Text>,
        asked_at -> BigInt,
        expires_at -> BigInt,
        answered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    account_recoveries (id) {
        id -> BigInt,
        number -> Text,
        person_id -> BigInt,
        account_id -> BigInt,
        state -> Text,
        begun_in -> BigInt,
        paper -> Text,
        sealed_key -> Nullable<Binary>,
        sealed_number -> Nullable<Binary>,
        agrees -> Bool,
        notice_hash -> Binary,
        network -> Text,
        device -> Text,
        asked_at -> BigInt,
        first_by_id -> Nullable<BigInt>,
        first_at -> Nullable<BigInt>,
        second_by_id -> Nullable<BigInt>,
        second_at -> Nullable<BigInt>,
        due_at -> BigInt,
        told_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        settled_by_id -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    recovery_files (id) {
        id -> BigInt,
        number -> Text,
        recovery_id -> BigInt,
        part -> Text,
        media_kind -> Text,
        size -> BigInt,
        sealed_bytes -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    identity_attempts (id) {
        id -> BigInt,
        number -> Text,
        case_id -> BigInt,
        state -> Text,
        outcome -> Nullable<Text>,
        tries -> BigInt,
        next_at -> Nullable<BigInt>,
        leased_until -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    identity_proofs (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        state -> Text,
        remittance -> Text,
        amount -> Nullable<BigInt>,
        asked_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        recorded_by_id -> Nullable<BigInt>,
        recorded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    identity_messages (id) {
        id -> BigInt,
        message_hash -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    ledger_accounts (id) {
        id -> BigInt,
        code -> Text,
        kind -> Text,
        account_id -> Nullable<BigInt>,
        currency -> Text,
        balance -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    ledger_transactions (id) {
        id -> BigInt,
        number -> Text,
        kind -> Text,
        object -> Nullable<Text>,
        made_by_id -> Nullable<BigInt>,
        reverses_id -> Nullable<BigInt>,
        at -> BigInt,
    }
}

diesel::table! {
    ledger_transfers (id) {
        id -> BigInt,
        transaction_id -> BigInt,
        debit_id -> BigInt,
        credit_id -> BigInt,
        amount -> BigInt,
        debit_balance -> BigInt,
        credit_balance -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    receiving_accounts (id) {
        id -> BigInt,
        number -> Text,
        bank_name -> Text,
        holder -> Text,
        account_number -> Text,
        account_key -> Text,
        currency -> Text,
        instructions -> Text,
        state -> Text,
        proposed_by_id -> BigInt,
        opened_by_id -> Nullable<BigInt>,
        closing_by_id -> Nullable<BigInt>,
        closed_by_id -> Nullable<BigInt>,
        created_at -> BigInt,
        min_amount -> Nullable<BigInt>,
        max_amount -> Nullable<BigInt>,
        for_account_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    permanent_references (id) {
        id -> BigInt,
        account_id -> BigInt,
        number -> Text,
        made_by_id -> BigInt,
        made_at -> BigInt,
        untold_of_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    approved_payers (id) {
        id -> BigInt,
        number -> Text,
        account_id -> BigInt,
        state -> Text,
        slot -> Nullable<BigInt>,
        sealed_name -> Binary,
        relation -> Text,
        agreement_on -> Text,
        agreement_hash -> Binary,
        added_by_id -> BigInt,
        added_at -> BigInt,
        removed_by_id -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    payment_request_series (id) {
        id -> BigInt,
        year -> BigInt,
        last -> BigInt,
    }
}

diesel::table! {
    payment_requests (id) {
        id -> BigInt,
        remittance_id -> BigInt,
        year -> BigInt,
        sequence -> BigInt,
        amount -> BigInt,
        issued_by_id -> BigInt,
        issued_at -> BigInt,
    }
}

diesel::table! {
    statement_imports (id) {
        id -> BigInt,
        number -> Text,
        receiving_account_id -> BigInt,
        format -> Text,
        reading -> Text,
        file_name -> Text,
        file_key -> Nullable<Text>,
        file_size -> BigInt,
        state -> Text,
        imported_by_id -> Nullable<BigInt>,
        agreed_by_id -> Nullable<BigInt>,
        agreed_at -> Nullable<BigInt>,
        entries -> BigInt,
        credits -> BigInt,
        debits -> BigInt,
        opening -> Nullable<BigInt>,
        closing -> Nullable<BigInt>,
        first_on -> Nullable<Text>,
        last_on -> Nullable<Text>,
        done -> BigInt,
        fresh -> BigInt,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        mapping_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    statement_mappings (id) {
        id -> BigInt,
        receiving_account_id -> BigInt,
        version -> BigInt,
        mapping -> Text,
        made_by_id -> BigInt,
        made_at -> BigInt,
    }
}

diesel::table! {
    allocations (id) {
        id -> BigInt,
        entry_id -> BigInt,
        kind -> Text,
        account_id -> BigInt,
        remittance_id -> Nullable<BigInt>,
        amount -> BigInt,
        why -> Text,
        transaction_id -> Nullable<BigInt>,
        allocated_by_id -> Nullable<BigInt>,
        entered_by_id -> Nullable<BigInt>,
        opened_by_id -> Nullable<BigInt>,
        allocated_at -> BigInt,
        undone_by_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    statement_entries (id) {
        id -> BigInt,
        number -> Text,
        receiving_account_id -> BigInt,
        account_key -> Text,
        state -> Text,
        side -> Text,
        amount -> BigInt,
        allocated -> BigInt,
        booked_on -> Text,
        value_on -> Nullable<Text>,
        sealed_remitter -> Binary,
        sealed_bank_account -> Nullable<Binary>,
        remittance_text -> Text,
        reference -> Nullable<Text>,
        bank_serial -> Nullable<Text>,
        serial_key -> Nullable<Text>,
        entered_by_id -> Nullable<BigInt>,
        entered_at -> BigInt,
        import_id -> Nullable<BigInt>,
        line_key -> Nullable<Text>,
        occurrence -> BigInt,
        booked_transaction_id -> Nullable<BigInt>,
        reversal -> Bool,
        hold -> Nullable<Text>,
        credited_by_id -> Nullable<BigInt>,
        voided_by_id -> Nullable<BigInt>,
        voided_at -> Nullable<BigInt>,
        void_reason -> Nullable<Text>,
        remitter_hash -> Nullable<Text>,
        explained_transaction_id -> Nullable<BigInt>,
        counterpart_id -> Nullable<BigInt>,
        set_aside_hold -> Nullable<Text>,
    }
}

diesel::table! {
    entry_decisions (id) {
        id -> BigInt,
        number -> Text,
        entry_id -> BigInt,
        kind -> Text,
        state -> Text,
        shares -> Text,
        note -> Nullable<Text>,
        proposed_by_id -> BigInt,
        proposed_at -> BigInt,
        decided_by_id -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    aml_rules (id) {
        id -> BigInt,
        kind -> Text,
        active -> Bool,
        amount -> BigInt,
        times -> BigInt,
        days -> BigInt,
        changed_by_id -> Nullable<BigInt>,
        agreed_by_id -> Nullable<BigInt>,
        changed_at -> BigInt,
        proposed_active -> Nullable<Bool>,
        proposed_amount -> Nullable<BigInt>,
        proposed_times -> Nullable<BigInt>,
        proposed_days -> Nullable<BigInt>,
        proposed_by_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    aml_cases (id) {
        id -> BigInt,
        number -> Text,
        entry_id -> BigInt,
        account_id -> Nullable<BigInt>,
        rule -> Text,
        state -> Text,
        note -> Nullable<Text>,
        opened_at -> BigInt,
        decided_by_id -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        sealed_contradiction -> Nullable<Binary>,
    }
}

diesel::table! {
    remittances (id) {
        id -> BigInt,
        number -> Text,
        account_id -> BigInt,
        opened_by_id -> BigInt,
        receiving_account_id -> BigInt,
        state -> Text,
        amount -> BigInt,
        received -> BigInt,
        sealed_remitter -> Nullable<Binary>,
        sealed_bank -> Nullable<Binary>,
        sealed_bank_account -> Nullable<Binary>,
        account_kind -> Nullable<Text>,
        account_tail -> Nullable<Text>,
        remitted_on -> Nullable<Text>,
        slip_key -> Nullable<Text>,
        slip_name -> Nullable<Text>,
        slip_media_kind -> Nullable<Text>,
        slip_size -> Nullable<BigInt>,
        refusal -> Nullable<Text>,
        opened_at -> BigInt,
        declared_at -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
        untold -> Nullable<Text>,
        charges -> BigInt,
        claimed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    tickets (id) {
        id -> BigInt,
        number -> Text,
        account_id -> BigInt,
        opened_by_id -> BigInt,
        state -> Text,
        category -> Text,
        urgency -> Text,
        subject -> Text,
        contact_name -> Text,
        contact_address -> Text,
        contact_phone -> Text,
        contact_company -> Text,
        contact_industry -> Text,
        contact_position -> Text,
        search_text -> Text,
        assigned_to_id -> Nullable<BigInt>,
        opened_at -> BigInt,
        updated_at -> BigInt,
        due_at -> BigInt,
        answered_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    ticket_entries (id) {
        id -> BigInt,
        ticket_id -> BigInt,
        kind -> Text,
        side -> Text,
        person_id -> Nullable<BigInt>,
        body -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    ticket_files (id) {
        id -> BigInt,
        number -> Text,
        ticket_id -> BigInt,
        ticket_entry_id -> BigInt,
        file_name -> Text,
        media_kind -> Text,
        size -> BigInt,
        storage_key -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    products (id) {
        id -> BigInt,
        slug -> Text,
        category -> Text,
        name -> Text,
        summary -> Text,
        body -> Text,
        search_text -> Text,
        state -> Text,
        position -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    plans (id) {
        id -> BigInt,
        product_id -> BigInt,
        name -> Text,
        summary -> Text,
        price -> BigInt,
        period -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    articles (id) {
        id -> BigInt,
        slug -> Text,
        title -> Text,
        summary -> Text,
        body -> Text,
        topic -> Text,
        search_text -> Text,
        state -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    announcements (id) {
        id -> BigInt,
        slug -> Text,
        title -> Text,
        body -> Text,
        published_at -> BigInt,
    }
}

diesel::joinable!(sessions -> people (person_id));
diesel::joinable!(known_browsers -> people (person_id));
diesel::joinable!(memberships -> people (person_id));
diesel::joinable!(memberships -> accounts (account_id));
diesel::joinable!(invitations -> accounts (account_id));
diesel::joinable!(invitations -> people (invited_by_id));
diesel::joinable!(people -> subjects (subject_id));
diesel::joinable!(accounts -> subjects (subject_id));
diesel::joinable!(activations -> people (person_id));
diesel::joinable!(totp_factors -> people (person_id));
diesel::joinable!(recovery_codes -> people (person_id));
diesel::joinable!(trusted_browsers -> people (person_id));
diesel::joinable!(pending_sign_ins -> people (person_id));
diesel::joinable!(consents -> policy_versions (policy_version_id));
diesel::joinable!(identity_cases -> accounts (account_id));
diesel::joinable!(identity_files -> identity_cases (case_id));
diesel::joinable!(identity_results -> accounts (account_id));
diesel::joinable!(identity_contacts -> identity_cases (case_id));
diesel::joinable!(account_recoveries -> people (person_id));
diesel::joinable!(recovery_files -> account_recoveries (recovery_id));
diesel::joinable!(identity_attempts -> identity_cases (case_id));
diesel::joinable!(ledger_accounts -> accounts (account_id));
diesel::joinable!(ledger_transfers -> ledger_transactions (transaction_id));
diesel::joinable!(statement_entries -> receiving_accounts (receiving_account_id));
diesel::joinable!(remittances -> accounts (account_id));
diesel::joinable!(remittances -> receiving_accounts (receiving_account_id));
diesel::joinable!(statement_entries -> statement_imports (import_id));
diesel::joinable!(statement_imports -> receiving_accounts (receiving_account_id));
diesel::joinable!(statement_imports -> people (imported_by_id));
diesel::joinable!(statement_imports -> statement_mappings (mapping_id));
diesel::joinable!(statement_mappings -> receiving_accounts (receiving_account_id));
diesel::joinable!(statement_mappings -> people (made_by_id));
diesel::joinable!(allocations -> statement_entries (entry_id));
diesel::joinable!(allocations -> remittances (remittance_id));
diesel::joinable!(entry_decisions -> statement_entries (entry_id));
diesel::joinable!(aml_cases -> statement_entries (entry_id));
diesel::joinable!(payment_requests -> remittances (remittance_id));
diesel::joinable!(tickets -> accounts (account_id));
diesel::joinable!(ticket_entries -> tickets (ticket_id));
diesel::joinable!(ticket_files -> tickets (ticket_id));
diesel::joinable!(ticket_files -> ticket_entries (ticket_entry_id));
diesel::joinable!(plans -> products (product_id));
diesel::joinable!(staff_roles -> people (person_id));
diesel::joinable!(contact_changes -> people (person_id));
diesel::joinable!(phones -> people (person_id));

diesel::allow_tables_to_appear_in_same_query!(
    subjects,
    people,
    accounts,
    memberships,
    invitations,
    sessions,
    known_browsers,
    challenges,
    limits,
    submissions,
    kept_posts,
    staff_roles,
    training_requirements,
    training_completions,
    activations,
    totp_factors,
    recovery_codes,
    trusted_browsers,
    pending_sign_ins,
    records,
    policy_versions,
    consents,
    mails,
    uploads,
    jobs,
    key_generations,
    marks,
    identity_cases,
    identity_files,
    identity_results,
    identity_contacts,
    account_recoveries,
    recovery_files,
    identity_attempts,
    identity_messages,
    identity_proofs,
    ledger_accounts,
    ledger_transactions,
    ledger_transfers,
    receiving_accounts,
    statement_imports,
    statement_mappings,
    allocations,
    entry_decisions,
    aml_rules,
    aml_cases,
    statement_entries,
    remittances,
    permanent_references,
    approved_payers,
    payment_request_series,
    payment_requests,
    tickets,
    ticket_entries,
    ticket_files,
    products,
    plans,
    articles,
    announcements,
    phones,
    contact_changes,
    text_messages,
);
